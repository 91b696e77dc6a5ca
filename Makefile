# `make site` builds the site, and `make test` runs all checks. Both need only Python 3.11 or later, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input

# tests/whole/test_editors.py runs these language servers as editors do. npm writes this file last, so it marks a complete installation.
LSP    := tests/lsp/node_modules/.package-lock.json

# Repositories of other people, which `make record` clones and reads.
CHECKOUTS ?= $(VENV)/checkouts

# Slow tests run first (see tests/conftest.py). A worker that has finished takes tests from another one.
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal --durations 20
NOTES  := $(VENV)/coverage

LOCK   := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help site manual check test lint types lock record rehearse bench browser clean pictures

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site: $(VENV)/site.stamp ## build everything, including site/index.html
	$(BIN)/archgen build

manual: $(VENV)/site.stamp ## build archgen's manual, including manual/site/index.html
	$(BIN)/python -m tools.manual

check: $(VENV)/test.stamp lint types ## run the checks that take less than two minutes: lint, types, fast tests
	$(PYTEST) -m "not slow"

test: $(VENV)/test.stamp $(LSP) site lint types browser ## run all checks: lint, types, tests with coverage, up-to-date files
	$(BIN)/archgen build --check
	$(BIN)/archgen validate --fail-on warning --today 2026-11-25
	rm -rf $(NOTES) && mkdir -p $(NOTES)
	ARCHGEN_COVERAGE=$(abspath $(NOTES)) $(PYTEST)
	$(BIN)/python tests/coverage_report.py $(NOTES)
	$(BIN)/python -m tools.rehearse --check

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

browser: $(VENV)/test.stamp
	$(BIN)/python tests/browser.py
	$(BIN)/python tests/renderers.py

pictures: site browser ## take the screenshots of README.md and the guide
	$(BIN)/python -m tools.screenshots

bench: $(VENV)/test.stamp ## measure archgen relative to the tools that it uses
	$(BIN)/python bench/bench.py

lock: $(VENV)/test.stamp ## update requirements/*.txt from pyproject.toml
	$(LOCK) --upgrade --extra test --extra build pyproject.toml -o requirements/test.txt
	$(LOCK) --extra site --extra build pyproject.toml -o requirements/site.txt -c requirements/test.txt
	echo uv | $(LOCK) - -o requirements/publish.txt -c requirements/test.txt

record: $(VENV)/test.stamp ## record modules, versions, checks, commands, schemas and APIs at their newest releases (see tools/README.md)
	$(BIN)/python -m tools.record_modules --checkouts $(CHECKOUTS) --clone --latest
	$(BIN)/python -m tools.record_versions --checkouts $(CHECKOUTS) --clone --latest
	$(BIN)/python -m tools.record_checks --checkouts $(CHECKOUTS) --clone --latest
	$(BIN)/python -m tools.record_commands --checkouts $(CHECKOUTS) --clone --latest
	$(BIN)/python -m tools.record_kubernetes --checkouts $(CHECKOUTS) --clone --latest
	$(BIN)/python -m tools.record_google_apis --latest
	$(BIN)/python -m tools.record_terraform_types --latest
	$(BIN)/archgen build --no-site

rehearse: $(VENV)/test.stamp ## run the commands of runbooks against an emulator, and record the results
	$(BIN)/python -m tools.rehearse

clean: ## remove generated files and the environment
	rm -rf $(VENV) tests/lsp/node_modules site docs/architecture docs/index.md manual/docs manual/site manual/.archgen .archgen/generated.json .archgen/site.yml

# The lock file contains hashes of all packages, including those that build archgen itself, so pip installs nothing else.
$(VENV)/test.stamp: requirements/test.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements/test.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/site.stamp

ifeq ($(wildcard $(VENV)/test.stamp),)
$(VENV)/site.stamp: requirements/site.txt pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements/site.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@
else
$(VENV)/site.stamp: $(VENV)/test.stamp
	touch $@
endif

# Node.js is optional for contributors: without npm, these tests are skipped with a message.
$(LSP): tests/lsp/package-lock.json tests/lsp/package.json
	@if command -v npm >/dev/null; then cd tests/lsp && npm ci --ignore-scripts --no-audit --no-fund --loglevel error; \
	else echo "npm is not installed: the editor tests will be skipped"; fi

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "archgen needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
