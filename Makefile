# Every target installs what it needs: a fresh clone needs only Python 3.11 with venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: setup refresh test slow browser mutate check ui bench lock demo docs clean

setup: $(STAMP)

# pip checks the hash of every wheel; uv is in the lock file but not needed to read it.
$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	grep -A200 '^uv==' requirements.lock | awk 'NR==1 || /^    /{print; next} {exit}' > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

refresh: setup
	$(BIN)/levekar refresh

test: setup
	$(BIN)/python -m pytest

slow: setup
	$(BIN)/python -m pytest -m slow

browser: setup
	$(BIN)/python -m pytest -m browser

# Every tenth small change of the methods: is it noticed? All of them: make mutate MUTANTS='"*"' (docs/mutation.md)
MUTANTS ?= "*__mutmut_*7"
mutate: setup
	rm -rf mutants
	nice -n 15 $(BIN)/mutmut run --max-children 2 $(MUTANTS)
	$(BIN)/mutmut results | grep -v "not checked" || true

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/house.py indicators pipelines
	$(BIN)/vulture
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev --no-header --no-annotate \
	    --python-version 3.11 --constraint requirements.lock --output-file $(VENV)/check.lock pyproject.toml
	diff requirements.lock $(VENV)/check.lock || { echo "requirements.lock does not match pyproject.toml: run 'make lock'"; exit 1; }

lock: setup
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev --no-header --no-annotate \
	    --python-version 3.11 --upgrade --output-file requirements.lock pyproject.toml

PORT ?= 3000
ui: setup
	$(BIN)/python -m pipelines.workplace.ui --port $(PORT)

bench: setup
	$(BIN)/python -m benchmarks

demo: setup
	$(BIN)/python data/demo/generate.py

# What is committed and follows from the catalogue: JSON Schema for editors, docs/coverage.md.
docs: setup
	$(BIN)/python -m pipelines.edition.derived

clean:
	rm -rf $(VENV) data/store .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
