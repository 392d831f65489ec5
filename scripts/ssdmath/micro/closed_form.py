"""What SSD could gain in the micro world, in closed form, like the toy machine (paper, C.4).

A trace succeeds if its fork takes a right route, every lock keeps what is right there and the last
turn closes the thinking. Decoding reshapes each of these distributions by itself, and a perfect
student adopts the reshaped ones. Wrong beliefs of the model are not covered, nor self-checks, which
correct some slips.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ssdmath.config.decoding import Decoding
from ssdmath.micro.family import STRATA, Stratum
from ssdmath.micro.traces import Composition
from ssdmath.micro.writer import EARLY_ENDS
from ssdmath.stats.truncation import Truncation, support

Distribution = tuple[float, ...]
RIGHT_ROUTES: dict[Stratum, int] = {"easy": 3, "medium": 4, "hard": 5}
PLAIN = Decoding(temperature=1.0)

# The decodings among which the closed form finds the best one of base: each way to truncate alone,
# finer than the grid of any study that ships.
TEMPERATURES = (0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0)
SHARES = tuple(round(0.02 * i, 2) for i in range(1, 50))  # top-p and min-p
TOP_K = (2, 3, 4, 5, 6, 8, 12)


class Locks(NamedTuple):
    """Mean number of digits in a trace, and of commas where the work may end early."""

    digits: float
    commas: float = 0.0


class Best(NamedTuple):
    """The best decoding of some, and P(success) with it."""

    decoding: Decoding
    success: float


@dataclass(frozen=True, slots=True)
class Machine:
    """One level: at a fork the mistake comes first, at a lock or turn the right outcome last."""

    fork: Distribution
    digit: Distribution
    comma: Distribution
    turn: Distribution
    locks: Locks

    def reshaped(self, decoding: Decoding) -> Machine:
        """The machine after every distribution went through a decoding."""
        return Machine(
            fork=reshape(self.fork, decoding),
            digit=reshape(self.digit, decoding),
            comma=reshape(self.comma, decoding),
            turn=reshape(self.turn, decoding),
            locks=self.locks,
        )

    def success(self) -> float:
        """P(success) = q_fork(right) q_digit^digits q_comma^commas q_turn(close | trace ends)."""
        close, run_on, unclosed = self.turn[-1], self.turn[0], self.turn[1]
        kept = self.digit[-1] ** self.locks.digits * self.comma[-1] ** self.locks.commas
        return float((1 - self.fork[0]) * kept * close / (close + run_on + unclosed))


def reshape(distribution: Distribution, decoding: Decoding) -> Distribution:
    """Temper, truncate, renormalise (docs/method.md, section 2); a composed decoding does so twice.

    The second time is what a perfect student of the first does: so a composed decoding of base and
    the exact student are one distribution.
    """
    if decoding.target is not None:
        student = decoding.model_copy(update={"target": None})
        return reshape(reshape(distribution, decoding.target), student)
    p = np.array(distribution)
    tempered = np.where(p > 0, np.exp(np.log(np.where(p > 0, p, 1.0)) / decoding.temperature), 0.0)
    tempered /= tempered.sum()
    order = np.argsort(-tempered, kind="stable")
    kept = np.zeros(len(p))
    ranked = tempered[order]
    kept[order] = ranked * support(ranked, Truncation.of(decoding), total=1.0).inside
    return tuple((kept / kept.sum()).tolist())


def machine(stratum: Stratum, composition: Composition, *, locks: Locks) -> Machine:
    """The machine of one level; `locks` are the mean counts of its traces."""
    c = composition
    mistake, routes = c.mistake(stratum), max(c.routes, RIGHT_ROUTES[stratum])
    ends = (c.run_on, c.unclosed, c.short_check, c.long_check)
    return Machine(
        fork=(mistake, *[(1 - mistake) / routes] * routes),
        digit=(*[c.slip / 9] * 9, 1 - c.slip),
        comma=(*[c.stop_early / len(EARLY_ENDS)] * len(EARLY_ENDS), 1 - c.stop_early),
        turn=(*ends, 1 - sum(ends)),
        locks=locks,
    )


def predicted(
    composition: Composition,
    *,
    locks: dict[Stratum, Locks],
    evaluation: Decoding,
    synthesis: Decoding | None = None,
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
    locks: dict[Stratum, Locks],
    grid: Iterable[Decoding],
    synthesis: Decoding | None = None,
) -> Best:
    """The decoding of a grid with the highest overall success, and that success."""
    found = (
        Best(d, predicted(composition, locks=locks, evaluation=d, synthesis=synthesis)["all"])
        for d in grid
    )
    return max(found, key=lambda one: one.success)


def temperatures(values: Iterable[float] = TEMPERATURES) -> list[Decoding]:
    """Decodings that only set a temperature."""
    return [Decoding(temperature=t) for t in values]


def every_decoding() -> list[Decoding]:
    """Each temperature alone, and with each top-p, min-p and top-k."""
    found = temperatures()
    for t in TEMPERATURES:
        found += [Decoding(temperature=t, top_p=share) for share in SHARES]
        found += [Decoding(temperature=t, min_p=share) for share in SHARES]
        found += [Decoding(temperature=t, top_k=k) for k in TOP_K]
    return found
