"""What every job on a GPU asks for beside time and memory: one block of the profile.

The block stands among `set-resources` as if `gpu_jobs` were a rule, and holds for sampling,
training and geometry alike. `set-resources` of a rule itself still go before it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from ssdmath.jobs import gpus

BLOCK = "gpu_jobs"
Resources = Mapping[str, int | str]


@dataclass(frozen=True)
class GpuJobs:
    """The settings of the block, with what they are for."""

    cpus: int = 1  # for each GPU of a job
    gpu_model: str | None = None  # of a cluster that tells its GPUs apart by model
    gres: str | None = None  # of a cluster that knows no --gpus: gpu:1, gpu:h100:1
    constraint: str | None = None  # a feature of the nodes
    slurm_partition: str | None = None
    scratch: str | None = None  # a folder on the node's own disk, for temporary files
    modules: str = ""  # environment modules, with `--sdm env-modules`
    container: str = "envs/gpu.sif"  # the image of all jobs, with `--sdm apptainer`
    by_rule: Mapping[str, Resources] = field(default_factory=dict)

    @classmethod
    def of(cls, workflow: Any) -> Self:
        """Read the block; ValueError names a setting that is unknown or has a wrong value."""
        stated = workflow.resource_settings.overwrite_resources or {}
        by_rule = {
            rule: {name: resource.raw for name, resource in resources.items()}
            for rule, resources in stated.items()
        }
        block = by_rule.get(BLOCK, {})
        names = [field.name for field in fields(cls) if field.name != "by_rule"]
        for name, value in block.items():
            key = f"set-resources: {BLOCK}: {name}"
            if name not in names:
                raise ValueError(f"{key} is unknown; allowed: {names}")
            if name == "cpus" and not (isinstance(value, int) and value > 0):
                raise ValueError(f"{key} is {value!r}; allowed: a whole number above 0")
        texts = {n: str(value).strip("'\"") for n, value in block.items() if n != "cpus"}
        return cls(cpus=int(block.get("cpus", 1)), by_rule=by_rule, **texts)

    @property
    def resources(self) -> dict[str, Any]:
        """The resources of a rule that needs a GPU: of one GPU, or as the cluster calls it."""
        named = {
            "gpu_model": self.gpu_model,
            "constraint": self.constraint,
            "slurm_partition": self.slurm_partition,
            # Snakemake calls this on the node, where $SLURM_JOB_ID is known.
            "tmpdir": self.scratch and (lambda _: os.path.expandvars(str(self.scratch))),
        }
        # Several GPUs make no tasks: a training starts its own processes.
        counted: dict[str, Any] = {"gres": self.gres} if self.gres else {"gpu": 1}
        stated = {name: value for name, value in named.items() if value}
        return counted | {"tasks_per_gpu": 0} | stated

    @property
    def environment_modules(self) -> list[str]:
        """The modules to load, in their order."""
        return self.modules.replace(",", " ").split()

    def gpus(self, rule: str) -> int:
        """The GPUs of a job of a rule; at least 1, as the processes of a training."""
        return max(1, gpus.asked(self.resources | dict(self.by_rule.get(rule, {}))))

    def threads(self, rule: str) -> int:
        """The CPUs of a job of a rule."""
        return self.cpus * self.gpus(rule)
