"""What a job asks of a machine: memory by the model's size, and time by the plan's own estimate.

With a margin, and only that: a job that meets its limit loses no finished draw and no whole state,
and its next attempt asks for more. What a queue allows is in the profile.
"""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple, Self

from ssdmath.config.study import Study
from ssdmath.grid.sweeps import PILOT, PLACEBO_TEST, TEST, Sweep
from ssdmath.models import weights
from ssdmath.plan.estimate import Estimate

GB = 1e9
HUB_BYTES = 10 * GB  # a hub model is not there to be measured yet: about 4B parameters in bf16
STARTUP = 10.0  # minutes: imports, a cold disk, compilation
MARGIN = 1.5  # on the hours of the plan
SAMPLING_MB, TRAINING_MB, JUDGING_MB = 4000, 6000, 3000  # beside the weights

# Snakemake calls it with the job's wildcards and the attempt.
Asked = int | Callable[[Any, int], int]


class Queue(NamedTuple):
    """What jobs wait in, as a profile tells it before rules are read; none on one machine."""

    stands: bool  # jobs are limited beside cores (`jobs` of a cluster's profile)
    longest: int | None  # minutes a job may take: `longest` among the default resources

    @classmethod
    def of(cls, workflow: Any) -> Self:
        """Read the settings. Which executor it will be is not known yet while rules are read."""
        settings = workflow.resource_settings
        found = (settings.default_resources or {}).get("longest")
        longest = None if found is None else int(getattr(found, "value", found))
        return cls(stands=bool(settings.nodes), longest=longest)


def sampling(study: Study, sweep: Sweep, estimate: Estimate, queue: Queue) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that samples one sweep of one model."""
    hours = estimate.hours(sampled=estimate.sampled(_completions(study, sweep)))
    return _asked(SAMPLING_MB + 2 * _bytes(study) / 1e6, _minutes(hours), queue)


def training(study: Study, estimate: Estimate, queue: Queue) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that trains one run, of the arm that takes longest.

    A state passes through the host when it is written or read: weights and two moments, each in
    fp32, where the files are in bf16.
    """
    hours = max(estimate.hours(trained=estimate.trained(study, arm)) for arm in study.arms)
    return _asked(TRAINING_MB + 6 * _bytes(study) / 1e6, _minutes(hours), queue)


def looking(study: Study, estimate: Estimate, queue: Queue) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of the job that looks into base and each chosen model."""
    section = study.mechanism
    if section is None:
        return judging(queue)
    models = len(study.arms) * (1 if section.runs == "first" else len(study.training.seeds))
    tokens = 2 * models * (section.carriers + section.written) * study.sampling.cap
    minutes = _minutes(estimate.hours(sampled=tokens))
    return _asked(SAMPLING_MB + 4 * _bytes(study) / 1e6, minutes, queue)


def judging(queue: Queue) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that judges one sweep of one model."""
    return _asked(JUDGING_MB, 2 * STARTUP, queue)


def _asked(mem_mb: float, minutes: float, queue: Queue) -> dict[str, Asked]:
    """More with each attempt in a queue: the one before may have failed for want of it."""
    if not queue.stands:  # no limit ends a job; a number costs Snakemake less than functions do
        return {"mem_mb": ceil(mem_mb)}

    def runtime(_: Any, attempt: int) -> int:
        wanted = ceil(minutes * attempt)
        return wanted if queue.longest is None else min(wanted, queue.longest)

    return {"mem_mb": lambda _, attempt: ceil(mem_mb * attempt), "runtime": runtime}


def _completions(study: Study, sweep: Sweep) -> int:
    """Draws of one job: a sweep, but for the test split, where a job is a cell."""
    cells = 1 if sweep.name in (TEST, PLACEBO_TEST) else len(sweep.decodings)
    size = study.problems.splits[sweep.split].size  # type: ignore[index]
    problems = min(size, study.pilot.problems) if sweep.name == PILOT else size
    return cells * sweep.draws * problems


def _minutes(hours: float) -> float:
    return STARTUP + MARGIN * 60 * hours


def _bytes(study: Study) -> float:
    """Bytes of the model's files."""
    return weights.size(study.model.path) if study.model.path else HUB_BYTES
