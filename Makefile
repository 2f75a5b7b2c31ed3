PYTHON ?= python3.11
export PYTHON
BIN = .venv/bin
LOCKS = requirements.lock requirements-build.lock requirements-uv.lock pyproject.toml deploy/front/package-lock.json

.PHONY: run test check evidence bench bench-scale llama-server bundle keycloak lock clean

run: .venv/installed-run            ## open the chat on http://127.0.0.1:8000
	@$(BIN)/assistant serve

test: .venv/installed-test          ## all that the tests need, and the tests
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check llama-server keycloak
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder --ignore=tests/installation $(call results,tests) $(TESTS)
PROCESSES = 3
results = --junitxml=.cache/$(1).xml -o junit_suite_name="$$(git describe --always --dirty --abbrev=40)"

check: .venv/installed-test         ## style, types, imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-run          ## the measured numbers; ASSISTANT_EVAL names the folder of questions and documents
	$(BIN)/python -m tests.benchmarks $(BENCH)

bench-scale: .venv/installed-run    ## search among 1,000 to 1,000,000 chunks, and the law of growth; the last size takes half an hour
	$(BIN)/python -m tests.benchmarks scale_1k scale_10k scale_100k scale_1m growth

evidence: .venv/installed-test      ## control by control what the last `make test` and `make installation` showed, in .cache/evidence
	$(BIN)/python -m tests.evidence

installation: .venv/installed-test llama-server keycloak   ## each part of an installation restarted while people work; minutes, apart from the other tests
	$(BIN)/pytest tests/installation $(call results,installation)

soak: .venv/installed-test llama-server keycloak   ## virtual people at work on several processes; SOAK_PEOPLE, SOAK_MINUTES
	@$(BIN)/python -m tests.installation.soak

llama-server: .venv/installed-run   ## the engine that answers many people at once, from the source that llama-cpp-python carries
	@deploy/llama-server.sh

bundle: .venv/installed-run llama-server   ## all that a site without a network needs, in the folder BUNDLE, signed with the file KEY
	@$(BIN)/assistant bundle create $(BUNDLE) --key $(KEY)

keycloak: .venv/installed-test      ## the Keycloak of the tests
	@deploy/keycloak.sh

# A test environment serves for running too, never the other way round.
.venv/installed-run: $(LOCKS)
	@deploy/install.sh $(if $(wildcard .venv/installed-test),test,run)
	@touch $@

.venv/installed-test: $(LOCKS) requirements-test.lock
	@deploy/install.sh test
	@touch .venv/installed-run

lock:                               ## pin and hash all dependencies anew
	uv pip compile -q $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	uv pip compile -q $(LOCK_OPTIONS) -c requirements.lock --extra transformers --group dev pyproject.toml -o requirements-test.lock
	uv pip compile -q $(LOCK_OPTIONS) requirements-build.in -o requirements-build.lock
	echo uv | uv pip compile -q $(LOCK_OPTIONS) - -o requirements-uv.lock
LOCK_OPTIONS = --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

clean:
	rm -rf .venv .cache
