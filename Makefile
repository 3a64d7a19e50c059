# make explore: install, check, build, answer a first question, write the page.
# make test: the linters, then the whole suite; make lint, make docs (into build/docs): these alone.
# make figures: the figures of the present data in README and documentation, after a document was added.
# make bench: the benchmarks; make dist: a release for those without Python.

PYTHON ?= python3
BIN := .venv/bin
SOURCES := $(shell find kg ontology seeds -type f -not -path '*/__pycache__/*')

.PHONY: explore test lint docs figures bench bench-large dist clean

explore: .venv/explore.stamp
	@$(BIN)/kg check
	@$(BIN)/kg build
	@$(BIN)/kg ask backing "silicon carbide" --evidence
	@$(MAKE) -s --no-print-directory build/graph.html
	@echo "the page: build/graph.html (open it in a browser)"

build/graph.html: $(SOURCES)
	@$(BIN)/kg page -q -o build/graph.html

# Two processes; tests that start servers or browsers share one of them (tests/conftest.py).
PYTEST ?= -n 2 --dist loadgroup

test: .venv/test.stamp lint
	@$(BIN)/pytest $(PYTEST)

lint: .venv/test.stamp
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@$(BIN)/python -m deptry -v kg >.venv/deptry.txt 2>&1 || { cat .venv/deptry.txt; exit 1; }
	@$(BIN)/lint-imports >.venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }

# Warnings are errors; nothing is fetched.
docs: .venv/test.stamp
	@$(BIN)/python -m sphinx -q -W --keep-going -b html -d build/doctrees docs build/docs
	@echo "the documentation: build/docs/index.html"

figures: .venv/test.stamp
	@$(BIN)/python -m tests.readme --write
	@$(BIN)/python -m tests.agreement.report
	@$(BIN)/kg build --quiet
	@$(BIN)/kg export dictionary -o docs/reference/dictionary.md

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
