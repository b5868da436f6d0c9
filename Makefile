# `make` alone lists what there is to do. `make report` and `make test` do their own set-up.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The locked environment is rebuilt when the lock or the package's own description changes.
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The matrices are small: handing them to several threads takes longer than working on them.
export OPENBLAS_NUM_THREADS := 1

.PHONY: help report councils test unit lint lab refresh from notebooks benchmark lock doctor clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(READY) ## run the notebooks and write reports/index.html (sets everything up first)
	$(BIN)/workforce-ratings run

councils: $(READY) ## write a report for every council (takes several minutes; one: make councils NAME="Kingston upon Thames")
	$(BIN)/workforce-ratings councils $(if $(NAME),"$(NAME)")

test: $(READY) lint unit ## lint, unit tests, notebooks by strict nbval, whole runs (sets everything up first)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m slow tests
	WORKFORCE_RATINGS_TABLES=$(CURDIR)/$(VENV)/nbval-tables $(BIN)/python -m pytest -q -n 2 --dist loadfile -p no:cacheprovider --nbval --nbval-kernel-name workforce-ratings-forked \
	  --nbval-sanitize-with tests/nbval_sanitize.cfg $(STRICT_NOTEBOOKS)

STRICT_NOTEBOOKS := \
  notebooks/01_read_the_articles.ipynb \
  notebooks/02_official_figures.ipynb \
  notebooks/03_articles_against_official_figures.ipynb \
  notebooks/04_instability_by_judgement.ipynb \
  notebooks/05_model_the_judgement.ipynb \
  notebooks/06_before_and_after_inspection.ipynb \
  notebooks/07_forecast_the_next_judgement.ipynb \
  notebooks/08_other_ways_to_cut_it.ipynb

unit: $(READY) ## unit tests only (under two minutes)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow" tests

lint: $(READY) ## check style with ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# JupyterLab is not to ask for news or newer versions from elsewhere, nor to list extensions that could be had.
NO_NEWS := $(VENV)/etc/jupyter/labconfig/page_config.json
$(NO_NEWS): $(READY)
	@mkdir -p $(@D)
	@echo '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}' > $@

lab: $(READY) $(NO_NEWS) ## open JupyterLab on the start page, notebooks/00_start_here (127.0.0.1, with its token)
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb --LabApp.news_url=None \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate --LabApp.extension_manager=readonly

refresh: from $(READY) ## take figures from publishers' files: make refresh FROM=folder
	$(BIN)/workforce-ratings refresh --from "$(FROM)"

from:
	@test -n "$(FROM)" || { echo "make refresh needs the folder of the publishers' files: make refresh FROM=folder"; exit 1; }

notebooks: $(READY) ## run notebooks 01 to 08 and store their outputs, and the README's answer (after data or code changed)
	$(BIN)/python -m workforce_ratings.runs.committed
	$(BIN)/python -m workforce_ratings.answer

benchmark: $(READY) ## measure how fast reports are made, a quarter of an hour (all: make benchmark BENCHMARK="--all --write")
	$(BIN)/python benchmarks/make_reports.py $(BENCHMARK)

doctor: $(READY) ## check environment, kernel, data and folders
	$(BIN)/workforce-ratings doctor

lock: ## resolve pyproject.toml into requirements.lock again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile --universal --generate-hashes --python-version 3.11 --extra dev \
	  --no-emit-index-url --no-annotate --no-header -q --upgrade pyproject.toml -o requirements.lock

clean: ## remove the environment, runs and reports
	rm -rf $(VENV)
	find papermill_runs reports -mindepth 1 ! -name README.md -delete

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and no $(PYTHON) was found: install it, or name it with make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -c 'import platform; print(platform.python_version())'): name a newer one with make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks the venv module: install it (Debian and Ubuntu: apt-get install python3-venv) and run make again"; exit 1; }
	@rm -f $@
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m ipykernel install --sys-prefix --name workforce-ratings --display-name "Workforce ratings" --env OPENBLAS_NUM_THREADS 1 >/dev/null
	@touch $@
