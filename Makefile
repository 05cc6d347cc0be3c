# A fresh machine needs nothing but Python and make; all that is installed stays in this folder.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/python -m uv

.PHONY: help tour test notebooks real lab bench style types clean

help: ## show these lines
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8
	@echo "Another Python than python3: make test PYTHON=/path/to/python"

tour: .venv/ready ## see what ipymod does, in two minutes and in a real kernel
	$(BIN)/python tools/tour.py

test: .venv/ready style types ## style, types, tests and notebooks; not the slow ones of .ci/run
	$(BIN)/python tests/environments.py
	$(BIN)/python -m pytest
	$(MAKE) notebooks

notebooks: .venv/ready ## the tutorials: judged, and run in fresh environments with and without the answers
	$(BIN)/ipymod lint notebooks
	$(BIN)/ipymod binder .
	$(BIN)/python -m pytest -n0 -m tutorials tests/tutorials

real: .venv/ready ## the checks and the resolver against all real environments; an hour, 2 GB
	$(BIN)/python -m pytest -m slow tests/test_accuracy.py tests/test_healthy.py tests/test_refresh_real.py tests/checks tests/survey

lab: .venv/browser ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

bench: .venv/ready ## measure %pymod and %whichpip beside what else does the same; ten minutes
	$(BIN)/python benchmarks/run.py

style: .venv/ready ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/ready ## mypy, as seen from Linux, Windows and macOS
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 src
	$(BIN)/mypy --platform darwin src

clean: ## remove all that was installed or cached here
	rm -rf .venv .envs .nox dist build .coverage* .*_cache .hypothesis
	find src tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

.venv/ready: pyproject.toml
	python=$$(sh .ci/find-python "$(PYTHON)") && "$$python" -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check "uv>=0.8"
	$(UV) pip install -q --python $(BIN)/python --compile-bytecode -e . --group dev
	touch $@

.venv/browser: .venv/ready
	$(UV) pip install -q --python $(BIN)/python --compile-bytecode --group browser
	touch $@
