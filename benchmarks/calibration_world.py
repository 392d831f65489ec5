"""Made-up studies with known truth, to see whether the intervals and tests keep their promises.

A world is a large population of problems with true pass rates; a study draws n problems from it
and K answers to each. Nothing here is ever part of a result: docs/calibration.md is made from it.
"""

from dataclasses import dataclass

import numpy as np

from ssdmath.stats import power
from ssdmath.stats.resampling import Floats, Ints

POPULATION = 400_000


@dataclass(frozen=True)
class World:
    """True pass rates of the control and, moved on the logit scale, of the treated model.

    ASSUME: control rates are Beta(0.8, 0.6), so that many problems are nearly always or nearly
    never solved, and a treatment moves each problem's logit by a common shift and its own
    N(0, spread^2): a benchmark of mean 57 % with 58 % of a draw's variance within problems.
    """

    alpha: float = 0.8
    beta: float = 0.6
    spread: float = 0.6

    def population(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Control rates and own logit moves of the population's problems."""
        rates = rng.beta(self.alpha, self.beta, size=POPULATION)
        return np.clip(rates, 1e-9, 1 - 1e-9), rng.normal(0, self.spread, size=POPULATION)


def treated(rates: Floats, moves: Floats, shift: float | Floats) -> Floats:
    """Pass rates after moving the logits by `shift + moves`."""
    odds = rates / (1 - rates) * np.exp(moves + shift)
    return np.asarray(odds / (1 + odds))


def shift_for(rates: Floats, moves: Floats, *, n: int, k: int, effect: float) -> float:
    """The shift whose mean difference is `effect` times the minimum detectable effect."""
    lo, hi = -3.0, 6.0
    for _ in range(40):
        middle = (lo + hi) / 2
        a = treated(rates, moves, middle)
        aim = effect * detectable(a, rates, n=n, k=k)
        lo, hi = (middle, hi) if (a - rates).mean() < aim else (lo, middle)
    return (lo + hi) / 2


def detectable(a: Floats, b: Floats, *, n: int, k: int) -> float:
    """Minimum detectable effect from the population's own variances."""
    v_a, v_b = float((a * (1 - a)).mean()), float((b * (1 - b)).mean())
    w2 = float((a - b).var())
    return power.detectable(float(np.sqrt((w2 + (v_a + v_b) / k) / n)))


def observed(truth: Floats, k: int, rng: np.random.Generator) -> Floats:
    """Share of right answers among K draws at each true rate."""
    return rng.binomial(k, truth) / k


def pick(studies: int, n: int, rng: np.random.Generator) -> Ints:
    """The population's problems that each study draws: n x studies."""
    return rng.integers(0, POPULATION, size=(n, studies))
