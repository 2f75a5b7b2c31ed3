"""Where documents come from by themselves: folders, buckets, WebDAV shares, files of JSON lines."""
