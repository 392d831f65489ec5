"""Check before the first job that this machine has the GPUs and the engine that the study needs."""

import os
from importlib import util
from typing import Any

from snakemake.settings.types import DeploymentMethod

from ssdmath.config.study import Study, StudyError
from ssdmath.jobs import gpus


def check(study: Study, workflow: Any) -> None:
    """Raise StudyError if jobs run here and a granted GPU or the study's engine is missing."""
    if not workflow.local_exec:
        return  # a cluster's nodes are not the machine one submits from
    granted, visible = _gpus(workflow), len(gpus.visible(os.environ))
    if granted > visible:
        raise StudyError(
            f"resources.gpu of the profile is {granted}, this machine shows {visible}; allowed: at "
            "most as many (--resources gpu=N), without a GPU no --profile profiles/gpu"
        )
    conda = DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method
    if study.sampling.engine == "vllm" and not conda and util.find_spec("vllm") is None:
        raise StudyError(
            "sampling.engine is vllm, which this Python lacks; allowed: transformers, or an "
            "environment with vllm (docs/gpu.md; on a CPU: make .venv-vllm/ready)"
        )


def _gpus(workflow: Any) -> int:
    """The GPUs that the profile or the command line grants to all jobs together; 0 if none."""
    granted = workflow.global_resources.get("gpu")
    return int(getattr(granted, "value", granted) or 0)
