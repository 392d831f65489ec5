"""What SSD could gain in the micro world, in closed form: the toy machine (paper C.4) of a trace.

A trace succeeds if its fork takes a right route, every lock keeps its digit and the last turn
closes the thinking. Decoding reshapes each of these distributions alone; a perfect student adopts
the reshaped ones. Not covered: wrong beliefs of the model, and self-checks, which mend some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ssdmath.micro.family import STRATA, Stratum
from ssdmath.micro.traces import Composition
from ssdmath.stats.truncation import Truncation, support

Distribution = tuple[float, ...]
RIGHT_ROUTES: dict[Stratum, int] = {"easy": 3, "medium": 4, "hard": 5}


@dataclass(frozen=True, slots=True)
class Sampling:
    """A temperature and a nucleus."""

    temperature: float = 1.0
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Machine:
    """The three kinds of sites of one level; in each the wanted outcomes come last."""

    fork: Distribution
    lock: Distribution
    turn: Distribution
    locks: float

    def reshaped(self, sampling: Sampling) -> Machine:
        """The machine after every distribution went through a decoding."""
        return Machine(
            fork=reshape(self.fork, sampling),
            lock=reshape(self.lock, sampling),
            turn=reshape(self.turn, sampling),
            locks=self.locks,
        )

    def success(self) -> float:
        """P(success) = q_fork(right) q_lock(digit)^locks q_turn(close | the trace ends here)."""
        close, run_on, unclosed = self.turn[-1], self.turn[0], self.turn[1]
        right = 1 - self.fork[0]
        return float(right * self.lock[-1] ** self.locks * close / (close + run_on + unclosed))


def reshape(distribution: Distribution, sampling: Sampling) -> Distribution:
    """Temper, cut to the smallest prefix that reaches top-p, renormalise (docs/method.md, 2)."""
    powers = [p ** (1 / sampling.temperature) if p > 0 else 0.0 for p in distribution]
    tempered = [p / sum(powers) for p in powers]
    order = sorted(range(len(tempered)), key=lambda i: -tempered[i])
    ranked = np.array([tempered[i] for i in order])
    inside = support(ranked, Truncation(top_p=sampling.top_p), total=1.0).inside
    kept = dict(zip(order, (ranked * inside).tolist(), strict=True))
    mass = sum(kept.values())
    return tuple(kept[i] / mass for i in range(len(tempered)))


def machine(stratum: Stratum, composition: Composition, *, locks: float) -> Machine:
    """The machine of one level; `locks` is the mean number of digits of its traces."""
    mistake, routes = composition.mistake(stratum), RIGHT_ROUTES[stratum]
    c = composition
    checks = (c.short_check, c.long_check)
    ends = (c.run_on, c.unclosed, *checks)
    return Machine(
        fork=(mistake, *[(1 - mistake) / routes] * routes),
        lock=(*[c.slip / 9] * 9, 1 - c.slip),
        turn=(*ends, 1 - sum(ends)),
        locks=locks,
    )


def predicted(
    composition: Composition,
    *,
    locks: dict[Stratum, float],
    evaluation: Sampling,
    synthesis: Sampling | None = None,
) -> dict[str, float]:
    """Success by level and overall, of the base model or of the perfect student of a synthesis."""
    by_level: dict[str, float] = {}
    for stratum in STRATA:
        level = machine(stratum, composition, locks=locks[stratum])
        if synthesis is not None:
            level = level.reshaped(synthesis)
        by_level[stratum] = level.reshaped(evaluation).success()
    return {**by_level, "all": sum(by_level.values()) / len(STRATA)}


def best(
    composition: Composition,
    *,
    locks: dict[Stratum, float],
    synthesis: Sampling | None,
    grid: Sequence[float],
) -> dict[str, float]:
    """The decoding temperature of a grid with the highest overall success, and that success."""
    by_temperature = {
        t: predicted(composition, locks=locks, evaluation=Sampling(t), synthesis=synthesis)["all"]
        for t in grid
    }
    temperature = max(by_temperature, key=lambda t: by_temperature[t])
    return {"temperature": temperature, "success": by_temperature[temperature]}
