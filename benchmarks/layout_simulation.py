"""One sampling job of a 4B model, simulated: lengths of completions and the time of a queue."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

CAP, MEDIAN, CAPPED = 48_000, 14_000, 0.06  # tokens; share cut off: mean 17,800 per completion
PROBLEM_SHARE = 0.7  # of the variance of log length is between problems
PROMPT = 200
LOAD = 90.0  # seconds from a job's start to its first token
SLOTS = 128  # completions at once: 128 x 11,000 tokens x 32 KB are 45 GB of cache
FIXED = 0.008  # seconds per step with one completion: 8 GB of weights read, kernels launched
PER_CONTEXT = 32e3 / 2.7e12  # seconds per token of context: its cache read at 2.7 TB/s
PER_SLOT = 79e-6  # seconds per completion: fitted, so that 2,000 prompts take the 3 h reported
LIMIT = 4 * 3600.0  # seconds, a common time limit of a cluster's jobs


@dataclass(frozen=True)
class Run:
    """The time of one job in seconds, and the part that was not work at full batch."""

    wall: float
    tail: float  # seconds with fewer completions left than slots
    lost: float  # loading, the tail's seconds beyond its tokens at full speed, work thrown away


def lengths(
    problems: int, cells: int, rng: np.random.Generator, share: float = PROBLEM_SHARE
) -> np.ndarray:
    """Log-normal lengths [cells, problems] under the cap; a problem is long in every cell."""
    sigma = math.log(CAP / MEDIAN) / NormalDist().inv_cdf(1 - CAPPED)
    own = rng.normal(size=problems) * math.sqrt(share)
    draw = rng.normal(size=(cells, problems)) * math.sqrt(1 - share)
    return np.minimum(CAP, np.exp(math.log(MEDIAN) + sigma * (own + draw))).astype(int)


def job(queue: Sequence[int], *, limit: float = math.inf) -> Run:
    """Draw completions of these lengths in this order; start again those a time limit cuts off."""
    wall = lost = tail = 0.0
    waiting = list(queue)
    while waiting:
        done, used, in_tail, kept = _session(waiting, limit - LOAD)
        wall += LOAD + used
        lost += LOAD + (kept["lost"] if done == len(waiting) else kept["cut"])
        tail += in_tail
        waiting = kept["left"]
    return Run(wall, tail, lost)


def _session(queue: list[int], limit: float) -> tuple[int, float, float, dict[str, Any]]:
    """One start of an engine: completions done, seconds, seconds of the tail, what was lost."""
    live: list[tuple[int, int, int]] = []  # finishing step, starting step, number
    clock, step, context, at, tokens_tail, began_tail = 0.0, 0, 0, 0, 0, None
    finished: set[int] = set()
    while at < len(queue) or live:
        while at < len(queue) and len(live) < SLOTS:
            heapq.heappush(live, (step + queue[at], step, at))
            context += PROMPT
            at += 1
        if at == len(queue) and began_tail is None and len(live) < SLOTS:
            began_tail = clock
        steps, running = live[0][0] - step, len(live)
        read = context * steps + running * steps * (steps - 1) // 2
        clock += steps * (FIXED + running * PER_SLOT) + read * PER_CONTEXT
        if clock > limit:
            break
        step += steps
        context += running * steps
        tokens_tail += running * steps if began_tail is not None else 0
        while live and live[0][0] == step:
            _, start, number = heapq.heappop(live)
            context -= step - start + PROMPT
            finished.add(number)
    tail = clock - began_tail if began_tail is not None else 0.0
    lost = tail - tokens_tail / full_speed()
    cut = sum(step - start for _, start, _ in live) / full_speed()
    left = [length for number, length in enumerate(queue) if number not in finished]
    return len(finished), min(clock, limit), tail, {"lost": lost, "cut": cut, "left": left}


def full_speed() -> float:
    """Tokens per second with every slot taken; the mean context is that of a length-biased age."""
    if not _SPEED:
        drawn = lengths(100_000, 1, np.random.default_rng(1))[0].astype(float)
        context = PROMPT + (drawn**2).mean() / (2 * drawn.mean())
        _SPEED.append(SLOTS / (FIXED + SLOTS * (PER_SLOT + context * PER_CONTEXT)))
    return _SPEED[0]


_SPEED: list[float] = []


def ordered(
    drawn: np.ndarray, order: str, rng: np.random.Generator, share: float = PROBLEM_SHARE
) -> list[int]:
    """The queue of a sweep: cell by cell, mixed, or longest first by earlier lengths."""
    if order == "cell by cell":
        return [int(length) for length in drawn.ravel()]
    if order == "mixed":
        return [int(length) for length in rng.permutation(drawn.ravel())]
    known = _expected(drawn, rng, share)
    return [int(length) for length in drawn.ravel()[np.argsort(-known.ravel(), kind="stable")]]


def _expected(drawn: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """The length to expect for every cell from one draw per problem of another model."""
    mean = np.log(drawn).mean(axis=0)
    noise = rng.normal(size=mean.shape) * mean.std() * math.sqrt(1 / share - 1)
    return np.broadcast_to(mean + noise, drawn.shape)
