# Walmu API: every command a developer or CI needs. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11 3,$(shell p=$$(command -v python$(v) 2>/dev/null) && "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p)))
PY := .venv/bin/python
STAMP := .venv/.lock-installed
# Every start of a process needs the compiled modules.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help run lock test openapi openapi-check types contract story check bench bench-calm bench-large faults sbom audit
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed and was not found. On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$(PYTHON) does not run or is older than Python 3.11. Name another one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks venv. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(STAMP): requirements.lock pyproject.toml | .venv/bin/python
	@[ "$$(cksum < requirements.lock)" = "$$(cat $@ 2>/dev/null)" ] || { echo "Installing the locked dependencies (once, about half a minute)"; $(PY) -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock; }
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@cksum < requirements.lock > $@

# Other people's generators, each as locked in this folder; installed once for a lock. Where npm is missing, `make types` says what is left out.
GENERATORS := contract_tests/generators
NODE_STAMP := $(GENERATORS)/node_modules/.lock-installed
PYTHON_STAMP := .venv-generators/.lock-installed

$(PYTHON_STAMP): $(GENERATORS)/requirements.lock | $(STAMP)
	@[ "$$(cksum < $<)" = "$$(cat $@ 2>/dev/null)" ] || { echo "Installing the Python generator (once)"; $(PY) -m venv --clear .venv-generators && .venv-generators/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r $<; }
	@cksum < $< > $@

$(NODE_STAMP): $(GENERATORS)/package-lock.json
	@! command -v npm > /dev/null || [ "$$(cksum < $<)" = "$$(cat $@ 2>/dev/null)" ] || { echo "Installing the generators and linters of Node.js (once, about a minute)"; cd $(GENERATORS) && npm ci --no-progress --loglevel=error && cksum < package-lock.json > node_modules/.lock-installed; }

types: $(STAMP) $(PYTHON_STAMP) $(NODE_STAMP) ## other people's generators and linters over the contract, unedited: TypeScript, zod, Python; Redocly, Spectral
	@$(PY) -m pytest -q -n 2 -p no:randomly $(GENERATORS)

run: $(STAMP) ## the whole product on this machine, with its own PostgreSQL; Ctrl-C stops it
	@exec .venv/bin/walmu-api demo

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make lock"
lock: ## resolve the dependencies again (needs uv); the others are for the container images: without and with the demo, and the tool that lists what is in them
	$(COMPILE) pyproject.toml --extra demo --group dev -o requirements.lock
	$(COMPILE) pyproject.toml --group build --constraint requirements.lock -o requirements-runtime.lock
	$(COMPILE) pyproject.toml --extra demo --group build --constraint requirements.lock -o requirements-sandbox.lock
	$(COMPILE) --group sbom --constraint requirements.lock -o requirements-sbom.lock
	$(COMPILE) $(GENERATORS)/requirements.in -o $(GENERATORS)/requirements.lock
	@! grep -n '://' requirements*.lock $(GENERATORS)/requirements.lock
	cd $(GENERATORS) && npm install --package-lock-only --loglevel=error
	@! grep -n '"resolved"' $(GENERATORS)/package-lock.json

# SIZE=long tries everything that property tests leave out here; INSTANT=2027-10-31T01:30:00Z lets the run stand at an instant.
test: $(STAMP) ## the whole test suite, on an embedded PostgreSQL of its own (SIZE=long: as much as a night allows)
	@WALMU_TEST_SIZE=$(or $(SIZE),check) $(PY) -m pytest -q -n 2 --durations=20 $(if $(INSTANT),--instant=$(INSTANT))

openapi: $(STAMP) ## write the contract from the code into openapi/walmu-v1.yaml
	@.venv/bin/walmu-api openapi

openapi-check: $(STAMP) ## the contract in openapi/ is the one of the code
	@.venv/bin/walmu-api openapi --check

# `make contract` sends to every operation, about six minutes for each caller; `make check` to the ones that every client uses.
QUICK := --include-path-regex ^/(oauth2|\.well-known|livez|readyz|v1/(whoami|client-searches|attendance-batches|changes|use-log|organisations|units|connected-systems|delegated-workplaces|ehr|attendance|justifications|cases|measurements|instruments|impact))

contract: $(STAMP) $(PYTHON_STAMP) $(NODE_STAMP) ## black box: a real server against its own contract (Schemathesis, examples, a life story: by hand, in TypeScript, in Python)
	@$(PY) -m pytest -q -p no:randomly contract_tests --ignore $(GENERATORS)

story: $(STAMP) ## the main job from end to end, against the running demo or one of its own
	@.venv/bin/walmu-api story

check: $(STAMP) ## exactly what CI runs: format, lint, types, import contracts, the contract's file, what generators make of it, all tests, the contract against a server, the story
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/walmu-api openapi --check
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory test
	@SCHEMATHESIS_ARGS='$(QUICK)' $(MAKE) --no-print-directory contract
	@$(MAKE) --no-print-directory story

sbom: $(STAMP) ## dist/sbom.cdx.json: what the product's image holds of Python packages, with hashes and licences (CycloneDX)
	@$(PY) -m supply_chain.sbom requirements-runtime.lock $(PY) dist/sbom.cdx.json

# Ends with 3 where no advisory source answers, as on a network that reaches the package registries only; make then says "Error 3".
audit: $(STAMP) ## ask an advisory source about every locked package, where one is reached; no part of check
	@$(PY) -m supply_chain.audit requirements.lock $(GENERATORS)/requirements.lock $(GENERATORS)/package-lock.json

bench-large: $(STAMP) ## whether they stay as fast at 10 k, 1 M and 10 M rows of attendance, and a worker as small after ten minutes of load (needs 15 GB, half an hour)
	@$(PY) -m benchmarks.growth --rows 10000,1000000,10000000
	@$(PY) -m benchmarks.memory --seconds 600

faults: $(STAMP) ## a hundred kills of database, API, worker and simulator under load: nothing lost, nothing doubled (ARGS=--control must lose)
	@$(PY) -m contract_tests.history $(ARGS)

bench-calm: $(STAMP) ## whether one system stays calm whatever another one sends (ARGS="batch export --requests 2000 --rounds 5")
	@$(PY) -m benchmarks.calm $(ARGS)

bench: $(STAMP) ## the speed table: the hot paths against bare floors, measured in the same run
	@$(PY) -m benchmarks $(ARGS)
