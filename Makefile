# Two commands matter: `make demo` and `make test`. Both set up what they need in .venv from requirements.lock.
# Another place: make test VENV=/some/folder. Another interpreter: make test PYTHON=python3.13.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ifeq ($(OS),Windows_NT)
BIN    := $(VENV)/Scripts
endif
READY  := $(VENV)/.ready
QUIET  := $(if $(CI),--quiet)

.PHONY: demo demo-neo4j test test-neo4j check format lock clean help

help:            ## what can be made
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

# The lock pins and hashes everything, uv too, which then installs the rest.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) or sys.version_info >= (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/# via/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip install $(QUIET) --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY)   ## build the sample graph, train, ask a dozen questions
	$(BIN)/python examples/demo.py

demo-neo4j: $(READY) ## the same on a Neo4j server of its own (needs Java 17 and Maven)
	$(BIN)/python examples/demo.py --neo4j

test: check      ## static checks and all tests
	$(BIN)/python -m pytest --cov --cov-report=term

check: $(READY)  ## ruff, mypy --strict, import floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)   ## resolve requirements.lock anew, for all platforms
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet \
	  --extra dev --python-version 3.11 --upgrade --output-file requirements.lock

clean:           ## remove what demo and tests made
	rm -rf demo demo-neo4j .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage*

test-neo4j: $(READY) ## only the tests on a real Neo4j server (needs Java 17 and Maven)
	$(BIN)/python -m pytest tests/integration
