# One command per wish; each works on a fresh clone without credentials.
#
#   make run     start the service (without credentials: playground and offline model)
#   make test    the tests, in under five minutes
#   make check   style and types
#   make cover   every branch of fsm and of actors/runtime, or it fails
#   make bench   measure
#   make soak    the heavy checks at their full size
#   make pins    choose the pinned versions anew (see CONTRIBUTING.md)
#
# PYTHON=python3.12 chooses the interpreter; UV= (empty) forces plain pip.

VENV := .venv
BIN := $(VENV)/bin
# Stories mostly wait for processes, so on two cores three workers are quickest.
WORKERS := --numprocesses 3 --dist worksteal
# One question per file; one that starts with an underscore only helps the others.
BENCHMARKS = $(patsubst benchmarks/%.py,benchmarks.%,$(wildcard benchmarks/[a-z]*.py))

.PHONY: run test check cover bench soak pins
.DEFAULT_GOAL := run

run: $(VENV)/.for-running
	@exec $(BIN)/python -m service

test: $(VENV)/.for-testing
	@$(BIN)/python -m pytest -q $(WORKERS)

check: $(VENV)/.for-testing
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# Rules and runtime are where a branch that nobody tries hurts most, and small enough for all of them.
cover: $(VENV)/.for-testing
	@$(BIN)/python -m pytest -q --numprocesses 2 --dist worksteal tests/fsm tests/actors \
		tests/service/flows tests/service/money --cov=fsm --cov=actors/runtime --cov-branch \
		--cov-report=term-missing:skip-covered --cov-fail-under=100

bench: $(VENV)/.for-testing
	@set -e; for each in $(BENCHMARKS); do echo "== $$each"; $(BIN)/python -m $$each; done

soak: $(VENV)/.for-testing
	@GREENROOM_SOAK=1 $(BIN)/python -m pytest -q -m soak --numprocesses 2 --dist worksteal \
		-o faulthandler_timeout=900

# Chosen versions are kept while they still fit; UPGRADE=--upgrade takes the
# newest. The second call may only choose what the first one chose.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(UPGRADE) pyproject.toml --extra build
pins:
	@command -v uv >/dev/null || { echo "make pins needs uv (pip install uv)"; exit 1; }
	@$(COMPILE) --extra test --output-file requirements-test.txt
	@$(COMPILE) --constraint requirements-test.txt --output-file requirements.txt
	@$(COMPILE) --constraint requirements-test.txt --extra mcp --output-file requirements-mcp.txt

# A stamp is written only when everything is in place, so running again costs
# nothing, a broken install is tried again, and newly pulled pins are noticed.
$(VENV)/.for-running: requirements.txt pyproject.toml deploy/install
	@echo "Preparing $(VENV); the first time takes a minute."
	@deploy/install --editable $(VENV)
	@touch $@

$(VENV)/.for-testing: requirements-test.txt pyproject.toml deploy/install
	@echo "Preparing $(VENV) with the test tools; the first time takes a minute or two."
	@deploy/install --editable --with-tests $(VENV)
	@touch $(VENV)/.for-running $@
