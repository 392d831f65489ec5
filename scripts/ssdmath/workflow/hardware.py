"""Check before the first job that this machine has the GPUs, driver and engine of the study."""

import os
from importlib import util
from pathlib import Path
from typing import Any

from snakemake.settings.types import DeploymentMethod

from ssdmath.config.study import Study, StudyError
from ssdmath.jobs import cards, driver, gpus
from ssdmath.workflow.gpu_jobs import GpuJobs


def check(study: Study, workflow: Any) -> None:
    """Raise StudyError if jobs run here and a granted GPU, its driver or the engine is missing.

    With `--sdm apptainer` the image must be there, wherever jobs run.
    """
    image = GpuJobs.of(workflow).container
    local = "://" not in image
    if DeploymentMethod.APPTAINER in _deployment(workflow) and local and not Path(image).is_file():
        raise StudyError(
            f"--sdm apptainer: found no {image}; allowed: build it first (apptainer build "
            f"{image} envs/gpu.def), or leave the option out"
        )
    if not workflow.local_exec:
        return  # a cluster's nodes are not the machine one submits from
    granted, visible = _gpus(workflow), gpus.visible(os.environ)
    if granted > len(visible):
        why = f" ({_hidden()})" if not visible else ""
        raise StudyError(
            f"resources.gpu of the profile is {granted}, this machine shows {len(visible)}{why}; "
            "allowed: at most that many (--resources gpu=N), or, without a GPU, no --profile "
            "profiles/gpu"
        )
    if granted and (found := driver.missing(visible)):
        raise StudyError(found)
    own = own_python(workflow)
    if study.sampling.engine == "vllm" and own and util.find_spec("vllm") is None:
        raise StudyError(
            "sampling.engine is vllm, which this Python lacks; allowed: transformers, or an "
            "environment with vllm (docs/gpu.md; on a CPU: make .venv-vllm/ready)"
        )


def own_python(workflow: Any) -> bool:
    """Whether jobs run on Snakemake's own Python, in no conda environment and no container."""
    return not {DeploymentMethod.CONDA, DeploymentMethod.APPTAINER} & _deployment(workflow)


def _deployment(workflow: Any) -> set[DeploymentMethod]:
    return set(workflow.deployment_settings.deployment_method)


def _hidden() -> str:
    """Why this machine shows no GPU."""
    if gpus.VISIBLE in os.environ:
        return f"{gpus.VISIBLE} is {os.environ[gpus.VISIBLE]!r}"
    return cards.ask().trouble


def _gpus(workflow: Any) -> int:
    """The GPUs that the profile or the command line grants to all jobs together; 0 if none."""
    granted = workflow.global_resources.get("gpu")
    return int(getattr(granted, "value", granted) or 0)
