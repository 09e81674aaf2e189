# Every target does its own set-up: a virtual environment in .venv, refreshed when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PARALLEL := --numprocesses auto --dist worksteal
# Tests that install packages take minutes and most of that time wait: they have a target of their own.
QUICK := $(PARALLEL) -m "not network"

# What `make run` checks. The fixtures hold files that nobody can parse; a path of your own gets every rule.
ARGS ?= fixtures --ignore unparseable

.DEFAULT_GOAL := help
.PHONY: help run test test-install check format truth live corpus engines bless rule docs site compare bench wild fuzz everything vscode clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "optimlint needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $(READY)

run: $(READY) ## run optimlint on the fixtures, or on ARGS="path ..."
	@$(BIN)/python -m optimlint check $(ARGS); status=$$?; \
	  echo "optimlint exited with $$status (0: nothing found, 1: findings, 2: something could not be done)"; \
	  test $$status -le 1

test: $(READY) ## run the tests that install nothing, or those that ARGS selects
	@$(BIN)/python -m pytest $(if $(filter command line environment,$(origin ARGS)),$(ARGS),$(QUICK))

test-install: $(READY) ## run the tests that install packages
	@$(BIN)/python -m pytest -m network

check: $(READY) ## what must hold before a commit, but for `make test-install`; coverage is that of the fixtures
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/zizmor --offline --quiet .github/workflows action.yml
	$(BIN)/python scripts/rule_docs.py --check
	$(BIN)/python -m pytest $(QUICK) --ignore tests/test_fixtures.py
	$(BIN)/python -m pytest $(QUICK) --cov --cov-report=term tests/test_fixtures.py

format: $(READY) ## format, and mend what ruff can
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

truth: ## compare with real torch, in an environment of its own
	bash tests/truth/run.sh

live: ## try Lightning and transformers: the callbacks of `optimlint.live`, and a rule about what is not returned
	bash tests/live/run.sh

corpus: ## the tests of `optimlint corpus`, in an environment of its own: PyArrow is large
	@test -x .corpus-venv/bin/python || $(PYTHON) -m venv .corpus-venv
	@.corpus-venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[cluster]" "pytest>=8.3"
	.corpus-venv/bin/python -m pytest tests/test_corpus.py

engines: ## measure Dask, Ray Data and Spark at the work of `optimlint corpus`
	$(PYTHON) scripts/engines.py

bless: $(READY) ## write the fixtures' goldens anew; read the diff
	$(BIN)/python scripts/bless.py

rule: $(READY) ## start a rule: make rule NAME=bad-pattern CODE=OPT109
	$(BIN)/python scripts/new_rule.py $(NAME) $(CODE)

docs: $(READY) ## write the generated pages, and build the site, strictly
	$(BIN)/python scripts/rule_docs.py
	$(BIN)/python scripts/screenshot.py
	$(BIN)/zensical build --strict --clean --config-file mkdocs.yml

site: docs ## build the site and show it, at http://127.0.0.1:8000
	$(BIN)/zensical serve --config-file mkdocs.yml

compare: $(READY) ## run other tools on a dozen fixtures and write docs/compare.md
	$(BIN)/python scripts/compare.py

bench: $(READY) ## measure against ruff and TorchFix on the sources of transformers
	$(BIN)/python scripts/bench.py

wild: $(READY) ## check published packages and compare with the verdicts in wild/
	$(BIN)/python scripts/wild.py $(if $(filter command line environment,$(origin ARGS)),$(ARGS))

# How long `make fuzz` goes on.
MINUTES ?= 10

fuzz: $(READY) ## look for files that break the laws, for MINUTES=10
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,fuzz]"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "atheris>=2.3" || \
	  echo "atheris does not install here: the run is not guided by coverage"
	$(BIN)/python scripts/fuzz.py --minutes $(MINUTES)

everything: $(READY) ## check all of Python and of seven large packages: no crash, no finding
	$(BIN)/python scripts/everything.py

vscode: $(READY) ## try the extension in Visual Studio Code itself: code-server, Chromium
	$(BIN)/python scripts/vscode.py

clean: ## remove what the targets made
	rm -rf $(VENV) .truth-venv .live-venv .corpus-venv .engines .bench .compare .vscode-try .wild .fuzz .everything dist site .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
