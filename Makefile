# Every target installs what it needs: a fresh clone needs only Python 3.11 with venv. Users get the product
# (requirements.lock); what tests, checks and measures gets the developer's tools too (requirements-dev.lock).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PRODUCT := $(VENV)/.product
# Compiled once, when it is installed: a machine that forbids Python to keep what it compiled pays a quarter of every
# refresh for compiling Dagster and Ibis again.
export UV_COMPILE_BYTECODE = 1
unexport PYTHONDONTWRITEBYTECODE
TOOLS   := $(VENV)/.tools
AXE     := $(VENV)/axe/axe.min.js

.PHONY: setup tools refresh test test-whole test-parts slow browser mutate check ui bench lock licences audit demo docs docs-site clean

setup: $(PRODUCT)

tools: $(TOOLS)

PROJECT = $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .

# pip checks the hash of every wheel; uv is in the lock file but not needed to read it.
$(PRODUCT): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	grep -A200 '^uv==' requirements.lock | awk 'NR==1 || /^    /{print; next} {exit}' > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(PROJECT)
	touch $@

$(TOOLS): $(PRODUCT) requirements-dev.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(PROJECT)
	touch $@

refresh: setup
	$(BIN)/levekar refresh

# Two processes, for two cores: the product tried as a whole, and its parts. Each one's words come when it has ended.
WHOLE := tests/attack tests/e2e tests/integration
PARTS := $(filter-out $(WHOLE) tests/__pycache__, $(patsubst %/,%,$(wildcard tests/*/)))
test: tools
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-whole test-parts

test-whole:
	$(BIN)/python -m pytest --durations=5 $(WHOLE)

test-parts:
	$(BIN)/python -m pytest --durations=5 $(PARTS)

# All of them, or those of some rooms: make slow SLOW=tests/e2e
SLOW ?= tests
slow: tools
	$(BIN)/python -m pytest -m slow -rs --durations=15 $(SLOW)

browser: tools $(AXE)
	$(BIN)/python -m pytest -m browser

# axe-core judges the accessibility of our pages in the tests; it is no part of the product, and never committed.
AXE_CORE := axe-core-4.14.1.tgz
$(AXE):
	mkdir -p $(@D)
	cd $(@D) && npm pack --silent axe-core@4.14.1 >/dev/null
	cd $(@D) && echo "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745  $(AXE_CORE)" | sha256sum --check --quiet
	cd $(@D) && tar xzf $(AXE_CORE) --strip-components=1 package/axe.min.js && touch axe.min.js

# Every tenth small change of the methods: is it noticed? All of them: make mutate MUTANTS='"*"' (docs/mutation.md)
MUTANTS ?= "*__mutmut_*7"
mutate: tools
	rm -rf mutants
	nice -n 15 $(BIN)/mutmut run --max-children 2 $(MUTANTS)
	$(BIN)/mutmut results | grep -v "not checked" || true

check: tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/house.py indicators pipelines
	$(BIN)/vulture
	$(BIN)/python .ci/licences.py --check
	$(COMPILE) --extra setup --constraint requirements.lock --output-file $(VENV)/product.check pyproject.toml
	$(COMPILE) --extra setup --extra dev --constraint requirements-dev.lock --output-file $(VENV)/dev.check pyproject.toml
	diff requirements.lock $(VENV)/product.check && diff requirements-dev.lock $(VENV)/dev.check || \
	    { echo "the lock files do not match pyproject.toml: run 'make lock'"; exit 1; }

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

# The product's versions first: the developer's lock file has the same.
lock: tools
	$(COMPILE) --extra setup --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra setup --extra dev --upgrade --constraint requirements.lock --output-file requirements-dev.lock \
	    pyproject.toml
	$(MAKE) licences

# Every locked package with its licence: docs/licences.md, and docs/sbom.cdx.json (CycloneDX) for a scanner.
licences: tools
	$(BIN)/python .ci/licences.py

# Known advisories on locked packages; asks pypi.org, which a machine without network cannot (docs/security.md).
audit: tools
	$(BIN)/uv tool run pip-audit==2.10.1 --require-hashes --disable-pip -r requirements-dev.lock

PORT ?= 3000
ui: setup
	$(BIN)/python -m pipelines.workplace.ui --port $(PORT)

bench: tools
	$(BIN)/python -m benchmarks

demo: tools
	$(BIN)/python data/demo/generate.py

# What is committed and follows from the catalogue: JSON Schema for editors, docs/coverage.md.
docs: tools
	$(BIN)/python -m pipelines.edition.derived

# docs/ as a site of static pages, in site/.
docs-site: tools
	$(BIN)/properdocs build --strict --quiet

clean:
	rm -rf $(VENV) site data/store .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
