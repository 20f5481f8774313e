# Everything runs from .venv, built from the locked requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The certificates of the system: a company often has an authority of its own.
UV := $(BIN)/uv --system-certs
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
EXIT ?=
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --override requirements.override --custom-compile-command "make lock"

# All but statsforecast, whose 450 MB only its users pay for.
EXTRAS := anomaly apprise cluster otlp-grpc postgres

.PHONY: help demo test test-fast lint format questions audit lock clean
help: ## show this list
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/uv:
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "pip is missing for $(PYTHON). On Debian or Ubuntu: apt-get install python3-pip; on Fedora: dnf install python3-pip." >&2; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv

# Where the test tools are installed already, they stay.
$(STAMP): requirements.lock pyproject.toml | $(BIN)/uv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(if $(wildcard $(DEV_STAMP)),requirements-dev.lock,requirements.lock)
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(BIN)/uv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $(STAMP) $@

demo: $(STAMP) ## index the sample company, ask two questions, then serve (EXIT=1: stop after the answers)
	@$(BIN)/python examples/harbor/build.py
	@$(BIN)/groundwatch demo run $(if $(EXIT),--exit)

questions: $(STAMP) ## ask the test questions (FILE=questions.yaml DOCS=folder for a set of your own)
	@$(if $(DOCS),,$(BIN)/python examples/harbor/build.py)
	@$(BIN)/groundwatch demo questions $(if $(FILE),--file "$(FILE)") $(if $(DOCS),--docs "$(DOCS)")

# Tests wait for servers now and then, so a small machine takes more than one a core.
WORKERS ?= $(shell $(BIN)/python -c 'import os; print(min(8, max(4, os.cpu_count() or 1)))')

test: $(DEV_STAMP) ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-fast: $(DEV_STAMP) ## run the tests that need no server
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not integration"

lint: $(DEV_STAMP) ## formatting, lint, types, import contracts, shape and docs tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/shape

format: $(DEV_STAMP) ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format .

bench-%: $(DEV_STAMP) ## run one benchmark: make bench-ask, bench-recall, ...
	$(BIN)/python -m benchmarks.$*

audit: $(DEV_STAMP) ## known vulnerabilities in the locked dependencies (needs the network)
	$(UV) tool run pip-audit --disable-pip --require-hashes -r requirements.lock

lock: | $(BIN)/uv ## resolve the dependencies again
	$(LOCK) $(EXTRAS:%=--extra %) -o requirements.lock pyproject.toml requirements.in
	$(LOCK) --all-extras --group dev -o requirements-dev.lock pyproject.toml requirements.in

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) data .cache
