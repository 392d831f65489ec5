"""What a job asks of a machine: memory by the model's size, and time by the plan's own estimate.

With a margin, and only that: a job that meets its limit loses no finished draw and no whole state,
and its next attempt asks for more. What a queue allows is in the profile.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

from ssdmath import weights
from ssdmath.plan.estimate import Estimate
from ssdmath.study import Study
from ssdmath.sweeps import PILOT, TEST, Sweep

GB = 1e9
HUB_BYTES = 10 * GB  # a hub model is not there to be measured yet: about 4B parameters in bf16
STARTUP = 10.0  # minutes: imports, a cold disk, compilation
MARGIN = 1.5  # on the hours of the plan
SAMPLING_MB, TRAINING_MB, JUDGING_MB = 4000, 6000, 3000  # beside the weights

Asked = Callable[[Any, int], int]  # Snakemake calls it with the job's wildcards and the attempt


def sampling(
    study: Study, sweep: Sweep, estimate: Estimate, longest: int | None
) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that samples one sweep of one model."""
    hours = estimate.hours(sampled=estimate.sampled(_completions(study, sweep)))
    return _asked(SAMPLING_MB + 2 * _bytes(study) / 1e6, _minutes(hours), longest)


def training(study: Study, estimate: Estimate, longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that trains one run, of the arm that takes longest.

    A state passes through the host when it is written or read: weights and two moments, each in
    fp32, where the files are in bf16.
    """
    hours = max(estimate.hours(trained=estimate.trained(study, arm)) for arm in study.arms)
    return _asked(TRAINING_MB + 6 * _bytes(study) / 1e6, _minutes(hours), longest)


def looking(study: Study, estimate: Estimate, longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of the job that looks into base and each chosen model."""
    section = study.mechanism
    if section is None:
        return judging(longest)
    models = len(study.arms) * (1 if section.runs == "first" else len(study.training.seeds))
    tokens = 2 * models * (section.carriers + section.written) * study.sampling.cap
    minutes = _minutes(estimate.hours(sampled=tokens))
    return _asked(SAMPLING_MB + 4 * _bytes(study) / 1e6, minutes, longest)


def judging(longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that judges one sweep of one model."""
    return _asked(JUDGING_MB, 2 * STARTUP, longest)


def longest(workflow: Any) -> int | None:
    """Minutes the machine's queue allows a job: `longest` among the profile's default resources."""
    defaults = workflow.resource_settings.default_resources or {}
    if "longest" not in defaults:
        return None
    found = defaults["longest"]
    return int(getattr(found, "value", found))


def _asked(mem_mb: float, minutes: float, longest: int | None) -> dict[str, Asked]:
    """More with each attempt: the one before may have failed for want of it."""

    def runtime(_: Any, attempt: int) -> int:
        wanted = ceil(minutes * attempt)
        return wanted if longest is None else min(wanted, longest)

    return {"mem_mb": lambda _, attempt: ceil(mem_mb * attempt), "runtime": runtime}


def _completions(study: Study, sweep: Sweep) -> int:
    """Draws of one job: a sweep, but for the test split, where a job is a cell."""
    cells = 1 if sweep.name == TEST else len(sweep.decodings)
    size = study.problems.splits[sweep.split].size  # type: ignore[index]
    problems = min(size, study.pilot.problems) if sweep.name == PILOT else size
    return cells * sweep.draws * problems


def _minutes(hours: float) -> float:
    return STARTUP + MARGIN * 60 * hours


def _bytes(study: Study) -> float:
    """Bytes of the model's files."""
    return weights.size(study.model.path) if study.model.path else HUB_BYTES
