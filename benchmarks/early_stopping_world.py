"""Simulated studies that are read several times: draws of base and of two arms, look by look.

Rates of problems vary so that a draw has the variance `plan.within`; every model has its own part
of a problem, with half of `plan.effects`; every run of an arm has its own shift, with the standard
deviation `plan.between_runs`.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ssdmath.config.study import Study
from ssdmath.stats.resampling import Floats

POPULATION = 50_000  # problems over which an effect is measured
RECIPES = 5  # further arms, whose runs tell how far runs differ


class Drawn(NamedTuple):
    """Shares of right answers, problems x runs each."""

    arm: Floats
    other: Floats  # an arm without an effect
    base: Floats
    beside: list[Floats]  # further arms, which tell how far runs differ


@dataclass
class World:
    """Studies of one design, of arms that are better than base by `effect` or not at all."""

    study: Study
    name: str
    runs: int
    between_runs: float
    effect: float  # of the first arm, true difference in accuracy; the second arm has none
    shift: float = field(init=False)  # of its rates before they are cut at 0 and 1

    def __post_init__(self) -> None:
        """Find the shift that makes the true difference `effect`."""
        if not self.effect:
            self.shift = 0.0
            return
        rng = np.random.default_rng(1)
        rates = self._easy(POPULATION, rng) + self._own(POPULATION, rng)
        moved = rates + rng.normal(0, self.between_runs, POPULATION)
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            gain = float((_rates(moved + middle) - _rates(rates)).mean())
            low, high = (middle, high) if gain < self.effect else (low, middle)
        self.shift = high

    @property
    def problems(self) -> int:
        """The number of test problems."""
        return self.study.problems.splits["test"].size

    @property
    def draws(self) -> int:
        """Draws of a test problem."""
        return self.study.evaluation.draws["test"]

    def draw(self, rng: np.random.Generator) -> Drawn:
        """One study; without several runs nobody needs the arms beside."""
        easy = self._easy(self.problems, rng)
        base = self._answers(easy, np.zeros(1), rng)
        arm, other = (self._arm(easy, shift, rng) for shift in (self.shift, 0.0))
        beside = [self._arm(easy, 0.0, rng) for _ in range(RECIPES if self.runs > 1 else 0)]
        return Drawn(arm, other, base, beside)

    def _arm(self, easy: Floats, shift: float, rng: np.random.Generator) -> Floats:
        return self._answers(easy, shift + rng.normal(0, self.between_runs, self.runs), rng)

    def _answers(self, easy: Floats, moved: Floats, rng: np.random.Generator) -> Floats:
        rates = _rates((easy + self._own(len(easy), rng))[:, None] + moved)
        return rng.binomial(self.draws, rates) / self.draws

    def _easy(self, number: int, rng: np.random.Generator) -> Floats:
        """Rates Beta(a, a) with mean s(1 - s) = `within`: a / (4 a + 2)."""
        within = self.study.plan.within
        shape = 2 * within / (1 - 4 * within)
        return rng.beta(shape, shape, number)

    def _own(self, number: int, rng: np.random.Generator) -> Floats:
        """The part of a problem that is a model's own."""
        return rng.normal(0, np.sqrt(self.study.plan.effects / 2), number)


def _rates(values: Floats) -> Floats:
    return np.clip(values, 0, 1)
