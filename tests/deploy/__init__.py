"""What deploys the product: the chart, the compose file, the proxy's configuration, the images."""
