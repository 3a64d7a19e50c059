# make explore: install, check, build, answer a first question, write the page.
# make test: the whole suite.
# make bench: the benchmarks; make dist: a release for those without Python.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(shell find kg ontology seeds -type f -not -path '*/__pycache__/*')

.PHONY: explore test lint bench bench-large dist clean

explore: .venv/explore.stamp
	@$(BIN)/kg check
	@$(BIN)/kg build
	@$(BIN)/kg ask promoters "third-generation semiconductors" --evidence
	@$(MAKE) -s --no-print-directory build/graph.html
	@echo "the page: build/graph.html (open it in a browser)"

build/graph.html: $(SOURCES)
	@$(BIN)/kg page -q -o build/graph.html

test: .venv/test.stamp lint
	@$(BIN)/pytest $(PYTEST)

lint: .venv/test.stamp
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports >.venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/explore.stamp: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing into .venv"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/test.stamp: .venv/bin/python pyproject.toml constraints.txt
	@echo "installing what the tests need into .venv"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

bench: .venv/test.stamp
	@$(BIN)/python -m tests.bench

bench-large: .venv/test.stamp
	@$(BIN)/python -m tests.bench --large

dist: .venv/test.stamp
	@$(BIN)/kg dist dist $(if $(SINCE),--since $(SINCE))
	@$(BIN)/python -m pip wheel -q --no-deps --disable-pip-version-check -w dist .

clean:
	rm -rf .venv build dist
