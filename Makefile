# Two commands are all that is needed: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test check unit bench soak fuzz snapshots screenshots clean

demo: $(READY)
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

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "gimap-tui needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov
