#!/usr/bin/env bash
# Create or update .venv from the pinned, hashed requirements. Usage: deploy/install.sh [run|test]
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
python=${PYTHON:-python3.11}

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'Erreur : %s\n' "$*" >&2; exit 1; }

# Debian packages that the machine lacks: installed when root, asked for otherwise.
need() {
  local package=$1 missing=$2
  [ "$missing" = yes ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    step "Paquet Debian $package"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $package >/dev/null
  else
    fail "il manque le paquet $package : sudo apt install $package, puis relancez la même commande."
  fi
}
absent() { command -v "$1" >/dev/null && echo no || echo yes; }

command -v "$python" >/dev/null || fail "Python 3.11 est introuvable ; indiquez-le : make PYTHON=/chemin/python3.11 run"
need g++ "$(absent g++)"
need cmake "$(absent cmake)"
need python3.11-venv "$("$python" -c 'import ensurepip' 2>/dev/null && echo no || echo yes)"
if [ "$purpose" = test ]; then
  need chromium "$(absent chromium)"
  need tesseract-ocr-fra "$(tesseract --list-langs 2>/dev/null | grep -qx fra && echo no || echo yes)"
  need "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui" "$(absent soffice)"
fi

[ -x .venv/bin/pip ] || { step "1/4  Environnement Python (.venv)"; "$python" -m venv .venv; }
.venv/bin/pip --disable-pip-version-check install -q --require-hashes -r requirements-uv.lock

step "2/4  Dépendances (la première fois, llama.cpp est compilé : 3 à 6 minutes)"
# Only the text part of llama.cpp; ninja's own [n/N] becomes the progress line.
export CMAKE_ARGS="-DLLAVA_BUILD=OFF ${CMAKE_ARGS:-}" CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
lock=requirements.lock
[ "$purpose" = run ] || lock=requirements-test.lock
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! .venv/bin/uv pip sync --verbose --python .venv/bin/python --require-hashes \
    --build-constraints requirements-build.lock "$lock" 2>&1 | tee "$log" \
    | awk 'match($0, /\[[0-9]+\/[0-9]+\]/) {
             split(substr($0, RSTART + 1, RLENGTH - 2), n, "/"); done = int(100 * n[1] / n[2])
             if (done >= last + 5 || done < last) { printf "     llama.cpp : %3d %%\n", done; fflush(); last = done } }
           / (Downloading|Building) / && !/DEBUG/ { print "    ", $0; fflush() }'; then
  tail -n 40 "$log" >&2
  fail "l'installation des dépendances a échoué (les dernières lignes sont au-dessus)."
fi

step "3/4  L'assistant lui-même"
.venv/bin/uv pip install -q --python .venv/bin/python --no-deps --build-constraints requirements-build.lock --editable .

step "4/4  Modèle de démonstration"
.venv/bin/python -c 'from ui.settings import read_settings; from ui.demonstration import assemble; print("    ", assemble(read_settings().home))'

deploy/front.sh

touch ".venv/installed-$purpose"
