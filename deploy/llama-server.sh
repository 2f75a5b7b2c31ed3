#!/usr/bin/env bash
# Build llama-server from the source that llama-cpp-python carries: an engine that answers many people at once.
set -euo pipefail
cd "$(dirname "$0")/.."
target=.cache/llama-server
[ -x "$target/llama-server" ] && exit 0
printf '\n\033[1mllama-server (compilé une fois : environ 5 minutes)\033[0m\n'
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
cmake -S "$work/vendor/llama.cpp" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
  -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_CURL=OFF >/dev/null
cmake --build "$work/build" --target llama-server --parallel "$(nproc)" | awk -F'[][%]' '/%\]/ && $2 >= last + 10 {last = $2; printf "     llama-server : %3d %%\n", $2; fflush()}'
cp "$work/build/bin/llama-server" "$target/llama-server"
