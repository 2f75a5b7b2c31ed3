#!/usr/bin/env bash
# Run a command as a container of ours has it: everything read-only but DATA, /tmp and /dev/shm, which are new and empty; not
# root; no right of root's left, and none to be had. Usage, as root: unshare --mount confined.sh ACCOUNT DATA COMMAND…
set -euo pipefail
account=$1 data=$2
shift 2
mount --make-rprivate /
while read -r _ point kind _; do
  case $kind in
    proc | sysfs | devpts | cgroup* | mqueue | binfmt_misc | securityfs | debugfs | tracefs) ;;
    *) mount -o remount,bind,ro "$point" ;;
  esac
done </proc/self/mounts
mount -t tmpfs -o mode=1777,size=2g tmpfs /tmp
mount -t tmpfs -o mode=1777,size=64m tmpfs /dev/shm
mount -t tmpfs -o "mode=0700,uid=$account,gid=$account,size=2g" tmpfs "$data"
# The image has this account.
{ cat /etc/passwd; echo "assistant:x:$account:$account::/tmp:/usr/sbin/nologin"; } >/tmp/passwd
mount --bind -o ro /tmp/passwd /etc/passwd
cd "$data"
exec setpriv --reuid="$account" --regid="$account" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
