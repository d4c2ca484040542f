# Sakha. `make help` lists the targets; each makes the environment first where it is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# each module is compiled when it is first used: compiling all of them takes as long as fetching them
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --no-compile

# the type checker reads the settings' names, never a database
CHECK_ENVIRONMENT := DATABASE_URL=postgresql://nobody@localhost/none SAKHA_KEYS=none \
  SAKHA_SECRET_KEY=0123456789012345678901234567890123456789

.PHONY: help env env-test env-bench demo serve test check format bench lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

env: $(VENV)/.run ## make the environment in .venv, with the command .venv/bin/sakha

$(VENV)/.run: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Sakha needs (about a minute)"
	@$(PIP_INSTALL) --require-hashes --no-deps -r requirements/run.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

env-test: $(VENV)/.test ## the same, with what checks and tests need

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	@$(PIP_INSTALL) --require-hashes --no-deps -r requirements/test.txt
	@touch $@

env-bench: $(VENV)/.bench

$(VENV)/.bench: $(VENV)/.test requirements/bench.txt
	@$(PIP_INSTALL) --require-hashes --no-deps -r requirements/bench.txt
	@touch $@

demo: env ## the main job at pilot scale on embedded defaults, then serve the site
	@$(BIN)/sakha demo

serve: env ## serve the site on the embedded database (or DATABASE_URL)
	@$(BIN)/sakha serve

check: env-test ## format, lint, types, walls
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(CHECK_ENVIRONMENT) $(BIN)/mypy

format: env-test ## rewrite the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: check ## everything: checks, then all tests on PostgreSQL 18 and 15
	tests/run

bench: env-bench ## every figure that the project claims
	$(BIN)/python -m bench

lock: ## lock the requirements anew, with hashes (needs uv)
	for kind in run test bench; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$kind.in -o requirements/$$kind.txt || exit 1; done

clean: ## remove the environment and the embedded database with all its data
	@test ! -x $(BIN)/sakha || $(BIN)/sakha stop-database
	rm -rf $(VENV) .sakha .mypy_cache .ruff_cache .pytest_cache
