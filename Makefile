# A fresh machine needs nothing but Python and make; all that is installed stays in this folder.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/python -m uv
# Where the site is built, and on which port of this machine it is shown.
BUILD ?= build
PORT ?= 8000

.PHONY: help tour test notebooks real lab lite docs docs-serve docs-links bench style types clean

help: ## show these lines
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12
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
	$(BIN)/python -m pytest -m slow tests/test_accuracy.py tests/test_healthy.py tests/test_refresh_real.py tests/test_living_real.py tests/test_old_kernels.py tests/test_enabled_real.py tests/test_guard_kernel.py tests/test_ready_real.py tests/checks tests/survey

lab: .venv/browser ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

docs: .envs/docs/ready ## build the site in build/site: tutorials, manuals, checks, API
	.envs/docs/bin/python tools/docs_site.py --build $(BUILD)

docs-serve: $(BUILD)/site/index.html ## show the site; another port: make docs-serve PORT=8001
	$(BIN)/python -u -m http.server --bind 127.0.0.1 --directory $(BUILD)/site $(PORT)

docs-links: $(BUILD)/site/index.html ## look at all links of the site, and ask the other hosts
	.envs/docs/bin/linkchecker -f docs/linkchecker.ini --check-extern --ignore-url=/lite/ $(BUILD)/site/index.html

lite: .venv/lite ## build/lite: tutorials that run in a browser, for any server of files; needs npm
	$(BIN)/python tools/lite.py

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

.venv/lite: .venv/ready
	$(UV) pip install -q --python $(BIN)/python --compile-bytecode --group lite
	touch $@

.venv/browser: .venv/ready
	$(UV) pip install -q --python $(BIN)/python --compile-bytecode --group browser
	touch $@

# What builds the site has an environment of its own: no test depends on it, and none sees it.
.envs/docs/ready: .venv/ready
	$(UV) venv -q --clear --python $(BIN)/python .envs/docs
	$(UV) pip install -q --python .envs/docs/bin/python --compile-bytecode -e . --group docs
	touch $@

$(BUILD)/site/index.html:
	$(MAKE) docs
