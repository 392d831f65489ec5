"""Boundaries of a test that is read several times: alpha spending and the exact recursion.

Scores Z_1..Z_K at information fractions t_1 < ... < t_K = 1 have the canonical joint distribution:
normal with unit variance, mean drift * sqrt(t_k) and correlation sqrt(t_j / t_k) (Jennison,
Turnbull 2000, section 3.1). S_k = Z_k * sqrt(t_k) has independent increments, so the density of S_k
among the studies that have not stopped follows from that of S_(k-1) by one integral (Armitage,
McPherson, Rowe 1969; Jennison, Turnbull 2000, chapter 19).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from ssdmath.stats.intervals import student
from ssdmath.stats.resampling import Floats

ALPHA = 0.05
_PER_SD = 6  # quadrature nodes for each standard deviation of an increment; 4 give 10 digits
_FEWEST, _MOST = 64, 4000  # nodes
_STEPS = 60  # of a bisection
_FARTHEST = 38.0  # where the normal distribution's tail is 0 in double precision


def spent(fraction: float, alpha: float = ALPHA) -> float:
    """Two-sided error that may be spent up to an information fraction, O'Brien-Fleming's shape.

    Lan, DeMets 1983, alpha_1*, with alpha / 2 for each side: 4 (1 - Phi(z_{1 - alpha/4} / sqrt t)).
    """
    from scipy.special import ndtr, ndtri  # scipy.special costs 0.2 s to import

    return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(fraction)))


@lru_cache(maxsize=4096)
def boundaries(fractions: tuple[float, ...], alpha: float = ALPHA) -> tuple[float, ...]:
    """The |Z| at which each look decides, so that the error spent by then is `spent`.

    `fractions` ascend in (0, 1]; a study that goes on to the last makes a false claim with
    probability `spent(fractions[-1])`, which at 1 is alpha.
    """
    paths, bounds, before = _Paths.start(), [], 0.0
    for fraction in fractions:
        total = spent(fraction, alpha)
        bounds.append(_bound(paths, fraction, total - before))
        paths, before = paths.after(fraction, bounds[-1]), total
    return tuple(bounds)


def crossings(
    bounds: Sequence[float], fractions: Sequence[float], drift: float = 0.0
) -> list[float]:
    """How likely |Z| first passes its bound at each look; `drift`: the mean of Z at fraction 1."""
    paths, likely = _Paths.start(drift), []
    for bound, fraction in zip(bounds, fractions, strict=True):
        likely.append(paths.crossing(fraction, bound))
        paths = paths.after(fraction, bound)
    return likely


def nominal(bound: float) -> float:
    """The two-sided p below which a look decides."""
    from scipy.special import ndtr

    return float(2 * ndtr(-bound))


def repeated_p(p: float, look: int, fractions: tuple[float, ...]) -> float:
    """The smallest alpha at which look number `look` (from 0) would decide at a nominal `p`.

    Jennison, Turnbull 2000, section 9.3: it is valid at any look, whatever made the study stop.
    """
    so_far = fractions[: look + 1]
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        decides = p <= nominal(boundaries(so_far, middle)[-1])
        low, high = (low, middle) if decides else (middle, high)
    return high


def widening(bound: float, df: float) -> float:
    """How much wider than a 95 % interval one of the nominal level of `bound` is, by Student's t.

    Such intervals are repeated confidence intervals: with 95 % those of all looks cover (Jennison,
    Turnbull 1989).
    """
    from scipy.special import ndtri, stdtrit

    if math.isinf(df):
        return bound / float(ndtri(1 - ALPHA / 2))
    return float(-stdtrit(df, nominal(bound) / 2) / student(df))


@dataclass(frozen=True)
class _Paths:
    """Studies that have not stopped: S at quadrature nodes, and how likely it is near each."""

    at: Floats  # nodes of S
    mass: Floats  # density times the node's weight
    fraction: float
    drift: float

    @classmethod
    def start(cls, drift: float = 0.0) -> Self:
        return cls(np.zeros(1), np.ones(1), 0.0, drift)

    def crossing(self, fraction: float, bound: float) -> float:
        """How likely |Z| at `fraction` is beyond `bound`."""
        from scipy.special import ndtr

        edge, (means, sd) = bound * math.sqrt(fraction), self._step(fraction)
        beyond = ndtr((means - edge) / sd) + ndtr((-edge - means) / sd)
        return float(self.mass @ beyond)

    def after(self, fraction: float, bound: float) -> "_Paths":
        """The studies whose |Z| at `fraction` is below `bound` too."""
        edge, (means, sd) = bound * math.sqrt(fraction), self._step(fraction)
        number = min(_MOST, max(_FEWEST, math.ceil(_PER_SD * 2 * edge / sd)))
        nodes, weights = _legendre(number)
        at = edge * nodes
        density = np.exp(-0.5 * ((at[:, None] - means) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        return _Paths(at, edge * weights * (density @ self.mass), fraction, self.drift)

    def _step(self, fraction: float) -> tuple[Floats, float]:
        """Mean of the next S from each node, and the standard deviation of the increment."""
        added = fraction - self.fraction
        return self.at + self.drift * added, math.sqrt(added)


def _bound(paths: _Paths, fraction: float, error: float) -> float:
    low, high = 0.0, _FARTHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        beyond = paths.crossing(fraction, middle) > error
        low, high = (middle, high) if beyond else (low, middle)
    return high


@lru_cache(maxsize=64)
def _legendre(number: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(number)
    return nodes, weights
