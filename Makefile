# `make` prints this help. Each target builds .venv by itself from pinned, hashed dependencies.
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench soak fuzz mutants fuzz-api lost-updates chaos lock clean
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Set in many images. Tests and demo start programs by the hundred: each would translate all of our modules anew, a second
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/.run: requirements/run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3 lacks venv/ensurepip: install the package python3-venv" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

.venv/.dev: .venv/.run requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	touch $@

.venv/.bench: .venv/.dev requirements/bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	touch $@

demo: .venv/.run ## the main job, end to end, on the embedded database (ONCE=1 ends after the printing, PORT=n)
	$(BIN)/zwgk demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: .venv/.dev ## every test (ARGS="-k sync" to choose)
	$(PYTEST) $(ARGS)

lint: .venv/.dev ## style, and the shape of the code (setup.cfg)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

docs: .venv/.dev ## write the generated parts of docs/, then run the commands and code in them
	$(BIN)/python -m tests.docs.generate
	$(PYTEST) tests/docs

bench: .venv/.bench ## the comparisons; writes benchmarks/latest.json
	$(BIN)/python -m benchmarks.run

soak: .venv/.dev ## long random tests on all cores (SEED=, N=, POSTGRES=)
	$(BIN)/python -m tests.support.soak $(if $(SEED),--seed $(SEED)) $(if $(N),--histories $(N)) $(if $(POSTGRES),--postgres $(POSTGRES))

fuzz: .venv/.dev ## broken workbooks by the thousand (SEED=, N=)
	$(BIN)/python -m tests.support.fuzz $(if $(SEED),--seed $(SEED)) $(if $(N),--files $(N))

mutants: .venv/.dev ## break isolation, guards and merge on purpose, and see the tests go red
	ZWGK_MUTANTS=all $(PYTEST) --timeout 1800 tests/integration/test_mutants.py tests/integration/api/test_guards.py

fuzz-api: .venv/.dev ## every operation by schemathesis, damaged uploads (SEED=, CASES=, FILES=)
	ZWGK_CASES=$(or $(CASES),200) ZWGK_FILES=$(or $(FILES),500) $(PYTEST) -s --timeout 7200 tests/integration/api/test_fuzz.py tests/integration/api/test_fuzzed_uploads.py

lost-updates: .venv/.dev ## 8 clients, 10,000 writes (SEED=, N=)
	ZWGK_WRITES=$(or $(N),10000) $(PYTEST) -s --timeout 3600 tests/integration/api/test_lost_updates.py

chaos: .venv/.dev ## kill -9 of web, worker and database under load (SEED=, N=)
	$(BIN)/python -m tests.support.chaos $(if $(SEED),--seed $(SEED)) $(if $(N),--kills $(N))

lock: .venv/.dev ## resolve requirements/*.lock anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml requirements/run.in -o requirements/run.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml requirements/run.in requirements/dev.in -c requirements/run.lock -o requirements/dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml requirements/run.in requirements/bench.in -c requirements/run.lock -o requirements/bench.lock

clean: ## remove .venv and what demo and tests left (your own data in .zwgk/ stay)
	rm -rf .venv demo/ .zwgk/demo .pytest_cache .ruff_cache *.egg-info
