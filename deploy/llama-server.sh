#!/usr/bin/env bash
# Build llama-server, an engine that answers many people at once, on the libraries of the llama-cpp-python in .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
target=.cache/llama-server
version=$(.venv/bin/python -c 'import importlib.metadata as m; print(m.version("llama-cpp-python"))')
[ -x "$target/llama-server" ] && [ -e "$target/$version" ] && exit 0
printf '\n\033[1mllama-server (compilé une fois : environ 3 minutes)\033[0m\n'
mkdir -p "$target"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '/^llama-cpp-python==/ {on = 1} on {print} on && !/\\$/ {exit}' requirements.lock > "$work/llama.lock"
# pip asks the source for its metadata before it hands it over; the pinned build tools answer.
"${PYTHON:-python3.11}" -m venv "$work/tools"
pip="$work/tools/bin/pip --disable-pip-version-check"
$pip install -q --require-hashes -r requirements-build.lock
PATH=$work/tools/bin:$PATH $pip download -q --no-deps --no-binary :all: --no-build-isolation \
  --require-hashes -r "$work/llama.lock" -d "$work"
tar -xzf "$work"/llama_cpp_python-*.tar.gz -C "$work" --strip-components 1
# What computes is in the libraries; HTTP and JSON are compiled twice as fast without all optimisations.
# It finds the libraries from where it lies too, in whatever folder the product is installed.
cmake -S deploy/llama-server -B "$work/build" -DLLAMA_SOURCE="$work/vendor/llama.cpp" \
  -DCMAKE_BUILD_RPATH="\$ORIGIN/../../.venv/lib/python3.11/site-packages/lib" \
  -DCMAKE_PREFIX_PATH="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" >/dev/null
cmake --build "$work/build" --target llama-server --parallel "$(nproc)" | awk -F'[][%]' '/%\]/ && $2 >= last + 10 {last = $2; printf "     llama-server : %3d %%\n", $2; fflush()}'
rm -rf "${target:?}"/*
cp "$work/build/tools/server/llama-server" "$target/llama-server"
touch "$target/$version"
