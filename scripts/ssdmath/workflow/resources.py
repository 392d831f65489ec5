"""The memory and time each job requests: memory from the model's size, time from the plan.

Requests carry a small margin only. A job that reaches its limit keeps its finished draws and saved
states, and its next attempt requests more. The limits of a queue are in the profile.
"""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple, Self

from ssdmath.config.study import Study
from ssdmath.grid.sweeps import Sweep, validation
from ssdmath.models import weights
from ssdmath.plan import race
from ssdmath.plan.counts import moves, tested_moves
from ssdmath.plan.estimate import Estimate
from ssdmath.training import optimizer

GB = 1e9
HUB_BYTES = 10 * GB  # of a hub model, which is not on disk yet: about 4B parameters in bf16
FILE_BYTES = 2  # per parameter of the model's files: bfloat16
STARTUP = 10.0  # minutes: imports, a cold disk, compilation
MARGIN = 1.5  # on the hours of the plan
SAMPLING_MB, TRAINING_MB, JUDGING_MB = 4000, 6000, 3000  # beside the weights

# Snakemake calls it with the job's wildcards and the attempt.
Request = int | Callable[[Any, int], int]


class Queue(NamedTuple):
    """The queue that jobs wait in, from the profile; on one machine there is none."""

    exists: bool  # the profile limits the number of jobs (`jobs`), as a cluster's does
    longest: int | None  # minutes a job may take: `longest` of the default resources

    @classmethod
    def of(cls, workflow: Any) -> Self:
        """Read the profile's settings; the executor is not known yet while rules are read."""
        settings = workflow.resource_settings
        limit = (settings.default_resources or {}).get("longest")
        longest = None if limit is None else int(getattr(limit, "value", limit))
        return cls(exists=bool(settings.nodes), longest=longest)


def sampling(study: Study, sweep: Sweep, estimate: Estimate, queue: Queue) -> dict[str, Request]:
    """Memory (MB) and time (minutes) of a job that draws a sweep, or reads it from files."""
    if study.imported is not None:
        return judging(queue)
    hours = estimate.hours(sampled=estimate.sampled(_completions(study, sweep)))
    return _request(SAMPLING_MB + 2 * _bytes(study) / 1e6, _minutes(hours), queue)


def training(
    study: Study, estimate: Estimate, queue: Queue, *, processes: int = 1
) -> dict[str, Request]:
    """Memory (MB) and time (minutes) of a job that trains one run, of the arm that takes longest.

    A training's state passes through the host's memory when it is written or read. Each of several
    processes loads all weights before they are split, in float32; so is the frozen model of an
    exact target.
    """
    hours = max(estimate.hours(trained=estimate.passed(study, arm)) for arm in study.trained)
    loaded = processes - 1 + processes * study.learns_exactly
    per_parameter = optimizer.STATE_BYTES + loaded * optimizer.WEIGHT_BYTES
    state = per_parameter * _bytes(study) / FILE_BYTES / 1e6
    return _request(processes * TRAINING_MB + state, _minutes(hours), queue)


def geometry(study: Study, estimate: Estimate, queue: Queue) -> dict[str, Request]:
    """Memory (MB) and time (minutes) of the job that compares base and each chosen model.

    `tiles_mb` is how much of the memory it may fill with log-probabilities: it decides no result,
    so it is no param.
    """
    section = study.mechanism
    if section is None:
        return judging(queue)
    runs = [len(study.seeds_of(arm)) for arm in study.arms]
    models = len(runs) if section.runs == "first" else sum(runs)
    tokens = 2 * models * (section.carriers + section.written) * study.sampling.cap
    minutes = _minutes(estimate.hours(sampled=tokens))
    tiles_mb = ceil(1000 * section.memory)
    request = _request(SAMPLING_MB + 4 * _bytes(study) / 1e6 + tiles_mb, minutes, queue)
    return request | {"tiles_mb": tiles_mb}


def judging(queue: Queue) -> dict[str, Request]:
    """Memory (MB) and time (minutes) of a job that judges one sweep of one model."""
    return _request(JUDGING_MB, 2 * STARTUP, queue)


def _request(mem_mb: float, minutes: float, queue: Queue) -> dict[str, Request]:
    """Request more with each attempt, because the one before may have failed for lack of it."""
    if not queue.exists:  # no limit ends a job, and a number is cheaper than a function
        return {"mem_mb": ceil(mem_mb)}

    def runtime(_: Any, attempt: int) -> int:
        needed = ceil(minutes * attempt)
        return needed if queue.longest is None else min(needed, queue.longest)

    return {"mem_mb": lambda _, attempt: ceil(mem_mb * attempt), "runtime": runtime}


def _completions(study: Study, sweep: Sweep) -> float:
    """Draws whose tokens one job takes: a sweep's or what a rung adds, of one cell on test."""
    moved = tested_moves(study) if sweep.chosen else moves(sweep.decodings)
    cells = len(sweep.decodings) + moved
    for rungs in validation(study) if sweep.rung is not None else ():
        if sweep in rungs:
            size = study.problems.splits[sweep.split].size
            return cells * size * race.added(study, rungs, sweep.rung or 0)
    return cells * sweep.draws * sweep.problems(study)


def _minutes(hours: float) -> float:
    return STARTUP + MARGIN * 60 * hours


def _bytes(study: Study) -> float:
    """Bytes of the model's files."""
    return weights.size(study.model.path) if study.model.path else HUB_BYTES
