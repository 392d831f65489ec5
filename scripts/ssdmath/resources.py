"""What a job asks of a machine: memory, and time by the tokens it moves and the model's size.

Guesses on the safe side, and only that: a job that meets its limit loses no finished draw and no
whole state, and its next attempt asks for more. What a queue allows is in the profile.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

from ssdmath import weights
from ssdmath.study import Study
from ssdmath.sweeps import TEST, Sweep

GB = 1e9
HUB_BYTES = 10 * GB  # a hub model is not there to be measured yet: about 4B parameters in bf16
BYTES_A_SECOND = 27e12  # tokens/s times bytes of weights: 4B on one GPU, 34 M tokens in 3 hours
FASTEST = 20_000.0  # tokens/s: no model is so small that this is exceeded on one GPU
STARTUP = 10.0  # minutes: imports, a cold disk, compilation
MARGIN = 1.5
FILL = 0.5  # mean length of a completion, as a share of the cap
SAMPLING_MB, TRAINING_MB, JUDGING_MB = 4000, 6000, 3000  # beside the weights

Asked = Callable[[Any, int], int]  # Snakemake calls it with the job's wildcards and the attempt


def sampling(study: Study, sweep: Sweep, longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that samples one sweep of one model."""
    cells = 1 if sweep.name == TEST else len(sweep.decodings)
    drawn = cells * sweep.draws * study.problems.splits[sweep.split].size  # type: ignore[index]
    tokens = drawn * study.sampling.cap * FILL
    return _asked(SAMPLING_MB + 2 * _bytes(study) / 1e6, _minutes(study, tokens), longest)


def training(study: Study, longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of a job that trains one run.

    A state passes through the host when it is written or read: weights and two moments, each in
    fp32, where the files are in bf16.
    """
    section = study.training
    tokens = section.checkpoints[-1] * section.batch * study.sampling.cap * FILL
    return _asked(TRAINING_MB + 6 * _bytes(study) / 1e6, _minutes(study, tokens), longest)


def looking(study: Study, longest: int | None) -> dict[str, Asked]:
    """Memory (MB) and time (minutes) of the job that looks into base and each chosen model."""
    section = study.mechanism
    if section is None:
        return judging(longest)
    models = len(study.arms) * (1 if section.runs == "first" else len(study.training.seeds))
    tokens = 2 * models * (section.carriers + section.written) * study.sampling.cap
    return _asked(SAMPLING_MB + 4 * _bytes(study) / 1e6, _minutes(study, tokens), longest)


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


def _minutes(study: Study, tokens: float) -> float:
    speed = min(FASTEST, BYTES_A_SECOND / _bytes(study))
    return STARTUP + MARGIN * tokens / speed / 60


def _bytes(study: Study) -> float:
    """Bytes of the model's files."""
    return weights.size(study.model.path) if study.model.path else HUB_BYTES
