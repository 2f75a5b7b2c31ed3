#!/usr/bin/env bash
# Within the builder: the product with all its dependencies in .venv, and llama-server, by the scripts that `make` runs.
# Wheels come from the bundle where there is one, by their hashes alone as ever; else from the index that the site names.
set -euo pipefail
cd "$(dirname "$0")/../.."
secrets=/run/secrets
if [ -d /bundle/wheels ]; then
  export PIP_NO_INDEX=1 PIP_FIND_LINKS=/bundle/wheels UV_CONFIG_FILE=/tmp/uv.toml
  printf 'no-index = true\nfind-links = ["/bundle/wheels"]\n' >"$UV_CONFIG_FILE"
  cp -r /bundle/front ui/front  # deploy/front.sh finds its lock there, and fetches nothing
else
  # The site's own authorities and registries, given as secrets so that no layer keeps them.
  if [ -e $secrets/ca ]; then export PIP_CERT=$secrets/ca SSL_CERT_FILE=$secrets/ca NODE_EXTRA_CA_CERTS=$secrets/ca; fi
  if [ -e $secrets/pip ]; then export PIP_CONFIG_FILE=$secrets/pip; fi
  if [ -e $secrets/uv ]; then export UV_CONFIG_FILE=$secrets/uv; fi
  if [ -e $secrets/npm ]; then export NPM_CONFIG_USERCONFIG=$secrets/npm; fi
fi
# The demonstration model, which install.sh puts together, is of no use here: an engine of its own answers.
ASSISTANT_HOME=/tmp/home deploy/install.sh run
deploy/llama-server.sh

# What installs has done its work; what runs is compiled, for nothing can be written then.
.venv/bin/uv pip uninstall -q --python .venv/bin/python pip uv setuptools
.venv/bin/python -m compileall -q -j 0 .venv/lib assistant ingestion policies retrieval ui || true  # some wheels carry templates
rm -rf /tmp/home .venv/installed-* .venv/bin/activate* .venv/bin/Activate.ps1
