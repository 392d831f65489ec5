"""Whether the machine, its GPUs, the queue and the disk can do what a run is about to start."""

import shutil
import sys
from collections.abc import Mapping
from typing import Any

from ssdmath.config.study import Study, StudyError
from ssdmath.plan import disk
from ssdmath.plan.estimate import Estimate
from ssdmath.workflow import (
    hardware,
    queue_limit,
    results_folder,
    sampling_memory,
    trackers,
    training_memory,
)
from ssdmath.workflow.gpu_jobs import GpuJobs


def check(study: Study, workflow: Any, estimate: Estimate, figures: Mapping[str, Any]) -> None:
    """Raise ValueError for the first thing that is lacking; warn of a card smaller than planned.

    `figures` are those of the profile (`set-resources: plan:`).
    """
    hardware.check(study, workflow)
    trackers.check(study, workflow)
    # Asked once: nvidia-smi takes seconds where no process holds the driver.
    card = training_memory.card_bytes(figures, local=bool(workflow.local_exec))
    training_memory.check(study, workflow, card)
    sampling_memory.check(study, workflow, card)
    queue_limit.check(study, workflow, estimate)
    split = GpuJobs.of(workflow).gpus(training_memory.RULE) > 1
    results, at_once = results_folder.results_of(study), max(1, estimate.machine.gpus)
    needed = disk.needed(study, estimate.lengths, at_once=at_once, split=split)
    free = shutil.disk_usage(results_folder.nearest_existing(results)).free
    if needed > free:
        found = f"the plan needs about {needed / 1e9:.1f} GB in {results}"
        raise StudyError(f"evaluation: {found}; the disk has {free / 1e9:.1f} GB free")
    if text := sampling_memory.smaller(card, figures):
        print(f"warning: {text}", file=sys.stderr)
