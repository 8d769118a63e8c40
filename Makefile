# Two targets do all the set-up: `make demo` runs the main job on a simulated hospital, `make test` passes the tests.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint format types docs bench clean

demo: .venv/demo.done
	$(BIN)/python -m tests.lab.demo --dir demo

test: .venv/test.done
	$(BIN)/python -m pytest -n 2 --dist loadgroup --ignore tests/real
	$(BIN)/python -m pytest tests/real

lint: .venv/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/test.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/test.done
	$(BIN)/python -m tools.reference

bench: .venv/test.done
	$(BIN)/python benchmarks/scan.py

clean:
	rm -rf .venv demo

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 2; }
	@$(PYTHON) tools/bootstrap.py .venv || { rm -rf .venv; exit 2; }

.venv/demo.done: .venv/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[lab]'
	@touch $@

.venv/test.done: .venv/pyvenv.cfg pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev,postgresql]'
	@touch $@ .venv/demo.done
