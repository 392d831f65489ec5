"""Whether an engine draws what the model says, and how far repeated draws differ.

`python -m ssdmath.smoke.parity TASK MODEL OUTPUT` measures one model in a process of its own, as
vLLM gives its memory back at the end of a process only. The truth is transformers in float32.
"""

import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.requests import Engine, Request, Sample, cell_requests
from ssdmath.smoke.task import Task
from ssdmath.tables import atomic

# One of each filter, and a composed one. A presence penalty changes no first token.
DECODINGS = ("t1", "t0.6-k20-p0.95", "t1-m0.1", "t1.5-p0.8", "t0.3", "t2-of-t1.5-p0.8")
LEAST_EXPECTED = 5  # draws in a cell of a chi-square test
MEMORY_PERCENT = 50  # of a GPU for vLLM; the model in float32 takes room beside it


class Size(NamedTuple):
    """How much is drawn."""

    prompts: int = 16
    draws: int = 4  # completions of a prompt and decoding, drawn again and again
    first: int = 100  # draws of a first token
    cap: int = 128  # tokens of a completion


TINY = Size(prompts=3, draws=2, first=50, cap=16)


def measure(task: Task, folder: Path, size: Size) -> dict[str, Any]:
    """Draw from a model with the task's engine; what `lines` prints."""
    from ssdmath.sampling import backends
    from ssdmath.smoke import truth

    prompts = truth.prompt_ids(folder, size.prompts)
    settings = task.engine.model_copy(update={"cap": size.cap})
    grant = backends.Grant(task.batch, task.threads, max(1, task.gpus), MEMORY_PERCENT)
    start = time.monotonic()
    longest = max(map(len, prompts.values()))
    engine = backends.make(settings, folder, prompt=longest, grant=grant)
    loaded = time.monotonic()
    firsts = _drawn(engine, _requests(prompts, size.first), 1)
    requests = _requests(prompts, size.draws)
    samples = _drawn(engine, requests, size.cap)
    found = {"repeats": repeats(engine, requests, samples, size.cap)}
    drawn = time.monotonic()
    model = truth.Truth(folder)
    return found | {
        "engine": settings.engine,
        "dtype": settings.dtype,
        "seconds_loading": loaded - start,
        "seconds_drawing": drawn - loaded,
        "first_tokens_p": first_tokens(firsts.values(), model),
        "logprob_error": logprob_error(samples.values(), model),
    }


def _requests(prompts: Mapping[str, Sequence[int]], draws: int) -> list[Request]:
    return [
        request
        for text in DECODINGS
        for request in cell_requests(
            model="parity", prompts=prompts, decoding=Decoding.parse(text), seed=0, draws=draws
        )
    ]


def _drawn(engine: Engine, requests: Sequence[Request], cap: int) -> dict[int, Sample]:
    return {one.request.key: one for one in engine.generate(requests, max_tokens=cap)}


def repeats(
    engine: Engine, requests: Sequence[Request], samples: Mapping[int, Sample], cap: int
) -> dict[str, dict[str, float]]:
    """Draw the same requests again in other batches; how many completions differ, and where."""
    ways = {
        "the same batch": requests,
        "shuffled": random.Random(0).sample(requests, len(requests)),
        "every third": requests[::3],
    }
    return {name: divergence(samples, _drawn(engine, again, cap)) for name, again in ways.items()}


def divergence(samples: Mapping[int, Sample], again: Mapping[int, Sample]) -> dict[str, float]:
    """The share of completions with other tokens, and the mean position of the first of them."""
    places = [_parted(samples[key].token_ids, one.token_ids) for key, one in again.items()]
    parted = [place for place in places if place is not None]
    mean = float(np.mean(parted)) if parted else 0.0
    return {"draws": len(places), "share": len(parted) / len(places), "position": mean}


def _parted(one: Sequence[int], other: Sequence[int]) -> int | None:
    """The first position (from 0) at which two completions differ; None where they are equal."""
    if tuple(one) == tuple(other):
        return None
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def first_tokens(samples: Any, model: Any) -> float:
    """The smallest p value (Holm's) of chi-square tests of first tokens, by prompt and decoding."""
    from scipy import stats

    from ssdmath.stats.corrections import holm

    cells: dict[tuple[tuple[int, ...], Decoding], list[int]] = {}
    for sample in samples:
        cell = sample.request.prompt_ids, sample.request.decoding
        cells.setdefault(cell, []).append(sample.token_ids[0])
    p_values = []
    for (prompt, decoding), tokens in cells.items():
        p = model.probabilities(prompt, decoding)
        statistic, freedom = chi_square(np.bincount(tokens, minlength=len(p)), p * len(tokens))
        if freedom:
            p_values.append(float(stats.chi2.sf(statistic, freedom)))
    return float(holm(np.array(p_values)).min()) if p_values else 1.0


def chi_square(counts: Any, expected: Any) -> tuple[float, int]:
    """Statistic and degrees of freedom; tokens join, the rarest first, in cells of 5 expected.

    A cell of fewer makes false alarms: a token expected .05 times that is drawn once adds 18.
    """
    order = np.argsort(expected)
    cells, cell, mass = np.empty(len(order), dtype=int), 0, 0.0
    for at, wanted in enumerate(expected[order]):
        cells[at] = cell
        mass += wanted
        if mass >= LEAST_EXPECTED:
            cell, mass = cell + 1, 0.0
    cells = np.minimum(cells, max(0, cell - 1))  # what is left over joins the last cell
    observed, total = (np.bincount(cells, x[order]) for x in (counts, expected))
    return float(((observed - total) ** 2 / total).sum()), len(total) - 1


def logprob_error(samples: Any, model: Any) -> float:
    """Mean distance, per token, of the engine's log probabilities from the model's own."""
    apart, tokens = 0.0, 0
    for sample in samples:
        apart += abs(sample.logprob - model.log_probability(sample))
        tokens += len(sample.token_ids)
    return apart / tokens


if __name__ == "__main__":
    given = Task.model_validate(atomic.read_json(sys.argv[1]))
    sizes = TINY if given.engine.cap <= TINY.cap else Size()
    atomic.write_json(measure(given, Path(sys.argv[2]), sizes), Path(sys.argv[3]))
