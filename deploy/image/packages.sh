#!/bin/sh
# Install the Debian packages of one stage of the image. Usage: packages.sh build|run|engine
# Those of the context «debian» (STAGE/*.deb), where it brings some, need no network; else apt asks the site's mirror.
set -eu
case $1 in
  # What compiles llama.cpp and fetches the State's design system; a bundle has both ready.
  build)
    packages="python3.11 ca-certificates"
    [ -e /bundle/install.py ] || packages="$packages python3.11-venv g++ cmake make npm"
    ;;
  # What reads documents: scans (Tesseract, French), and the old formats of offices (LibreOffice, without its windows).
  run)
    packages="python3.11 ca-certificates libgomp1 tesseract-ocr tesseract-ocr-fra fonts-liberation
      libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
    ;;
  engine) packages="ca-certificates libgomp1 libstdc++6" ;;
esac
export DEBIAN_FRONTEND=noninteractive
if [ -d "/debian/$1" ]; then
  apt-get install -y -qq --no-install-recommends --no-download "/debian/$1"/*.deb
else
  apt-get update -qq
  # shellcheck disable=SC2086  # several words
  apt-get install -y -qq --no-install-recommends $packages
fi
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
