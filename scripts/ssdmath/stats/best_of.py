"""The best of several that are measured with noise: how good it is expected to be.

True values are normal with standard deviation `sd`, measurements add independent normal noise. The
one that measures best is then expected to lie sd^2 / sqrt(sd^2 + noise^2) times the expected
maximum of so many standard normals above the mean: given the measurements, a true value is
sd^2 / (sd^2 + noise^2) times its measurement, and measurements spread by sqrt(sd^2 + noise^2).
"""

from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from ssdmath.stats.resampling import Floats

_TAIL, _POINTS = 9.0, 20_001  # of the integral, in standard deviations; its error is below 1e-7


@cache
def expected_maximum(number: int) -> float:
    """Expected maximum of `number` standard normals: int_0^inf 1 - F^n - (1 - F)^n dx.

    It is int_0^inf P(X > x) - P(X < -x) dx for the maximum X, with F(-x) = 1 - F(x).
    """
    below = _normal()
    area = np.trapezoid(1 - below**number - (1 - below) ** number, dx=_TAIL / (_POINTS - 1))
    return float(area)


@cache
def _normal() -> Floats:
    """The normal distribution function from 0 to `_TAIL`."""
    points = np.linspace(0, _TAIL, _POINTS).tolist()
    return np.array([NormalDist().cdf(x) for x in points])


def chosen(number: int, sd: float, noise: Any) -> Any:
    """Expected true value of the one of `number` that measures best, above the mean of all.

    `noise` (standard deviation) may be an array; the result has its shape.
    """
    if sd == 0:
        return 0.0 * noise
    return sd**2 / np.sqrt(sd**2 + noise**2) * expected_maximum(number)
