#!/bin/sh
# Fail where the image could compile, install or fetch anything: whoever breaks in should find nothing to go on with.
set -eu
for tool in cc gcc g++ c++ ld as make cmake ninja pip pip3 uv npm node git curl wget ssh; do
  if found=$(command -v "$tool"); then
    echo "image: $found has no place here" >&2
    exit 1
  fi
  if [ -e "/opt/assistant/current/.venv/bin/$tool" ]; then
    echo "image: .venv/bin/$tool has no place here" >&2
    exit 1
  fi
done
suid=$(find / -xdev -perm /6000 -type f 2>/dev/null)
[ -z "$suid" ] || { echo "image: these gain rights that nobody needs: $suid" >&2; exit 1; }
