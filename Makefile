# Two commands are all that is needed: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --quiet --disable-pip-version-check
# What runs the program is there, and then what tests it.
RUNS   := $(VENV)/.runs
READY  := $(VENV)/.ready

.PHONY: demo test check unit bench soak fuzz snapshots screenshots lock clean

demo: $(RUNS)
	@$(BIN)/gimap-tui --demo

test: check unit

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/pytest -n 2 --dist loadfile -m "not soak"

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

soak: $(READY)
	$(BIN)/pytest -n 3 --dist worksteal -m soak --timeout 3600 tests/engine tests/store $(if $(SEED),--seed $(SEED))
	$(BIN)/pytest -m soak --timeout 3600 --ignore tests/engine --ignore tests/store

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz

snapshots: $(READY)
	$(BIN)/pytest tests/tui -k snapshot --snapshot-update
	@echo "Look at each changed picture in tests/tui/__snapshots__ before committing it."

screenshots: $(READY)
	$(BIN)/python -m tests.tui.screenshots

# After a dependency was added or changed in pyproject.toml: the exact versions of it and of all it needs, with the
# hashes of every file they come in, for each system and Python. Versions in constraints.txt stay as they are;
# delete a line there to take a newer one.
lock: $(BIN)/python
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/pip install --quiet --disable-pip-version-check uv
	$(LOCK) -o requirements.txt
	$(LOCK) --extra dev --extra tls -o requirements-dev.txt
	sed -n "s/^\([A-Za-z0-9._-]*\)\(\[[^]]*\]\)*==\([^ ;]*\).*/\1==\3/p" requirements-dev.txt > $(VENV)/lock/versions
	{ sed -n '/^#/p' constraints.txt; cat $(VENV)/lock/versions; } > $(VENV)/lock/constraints
	cp $(VENV)/lock/constraints constraints.txt

LOCK = UV_DEFAULT_INDEX="$$($(BIN)/pip config get global.index-url 2>/dev/null || true)" \
	$(VENV)/lock/bin/uv --quiet --no-config pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-annotate --no-header --upgrade -c constraints.txt

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "gimap-tui needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

# pip cannot check hashes of this folder itself: first all that has some, then the folder and nothing else.
$(RUNS): requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(READY): requirements-dev.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(RUNS)

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov
