#!/usr/bin/env bash
# Within the builder: the product in /opt/assistant, and the engine in /opt/engine. By the scripts that `make` runs; or from a
# signed bundle, which is verified first, and then without any network.
set -euo pipefail
home=/opt/assistant current=/opt/assistant/current secrets=/run/secrets
cd $current
if [ -e /bundle/install.py ]; then
  [ -n "${BUNDLE_KEY:-}" ] || { echo "image: a bundle is verified by a key: --build-arg BUNDLE_KEY=…" >&2; exit 1; }
  cd / && rm -rf $current
  python3.11 /bundle/install.py --key "$BUNDLE_KEY" --to $home
else
  # The site's own authorities and registries, given as secrets so that no layer keeps them.
  if [ -e $secrets/ca ]; then export PIP_CERT=$secrets/ca SSL_CERT_FILE=$secrets/ca NODE_EXTRA_CA_CERTS=$secrets/ca; fi
  if [ -e $secrets/pip ]; then export PIP_CONFIG_FILE=$secrets/pip; fi
  if [ -e $secrets/uv ]; then export UV_CONFIG_FILE=$secrets/uv; fi
  if [ -e $secrets/npm ]; then export NPM_CONFIG_USERCONFIG=$secrets/npm; fi
  # The demonstration model, which install.sh puts together, is of no use here: an engine of its own answers.
  ASSISTANT_HOME=/tmp/home deploy/install.sh run
  deploy/llama-server.sh
  # What installs has done its work; what runs is compiled, for nothing can be written then.
  .venv/bin/uv pip uninstall -q --python .venv/bin/python pip uv setuptools
  .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null || true  # some wheels carry templates of Python
  rm -rf /tmp/home .venv/installed-* .venv/bin/activate* .venv/bin/Activate.ps1
  mkdir $home/bin
  ln -s ../current/.venv/bin/assistant $home/bin/assistant
fi
$current/.venv/bin/python -m compileall -q $current/{assistant,ingestion,policies,retrieval,ui}
# The engine finds its libraries from where it lies.
mkdir -p /opt/engine/.cache /opt/engine/.venv/lib/python3.11/site-packages
cp -r $current/.cache/llama-server /opt/engine/.cache
cp -r $current/.venv/lib/python3.11/site-packages/lib /opt/engine/.venv/lib/python3.11/site-packages
rm -rf $home/models
