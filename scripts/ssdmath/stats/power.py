"""What a study sees: the minimum detectable effect, before the GPU time is spent (method.md 5)."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ssdmath.stats.intervals import student
from ssdmath.stats.resampling import Floats


@dataclass(frozen=True)
class Components:
    """Variances per problem: `w2` of the true differences, `v_a` and `v_b` within one draw."""

    w2: float
    v_a: float
    v_b: float


def factor(alpha: float = 0.05, power: float = 0.8) -> float:
    """z_{alpha/2} + z_power: how many standard errors an effect must measure to be found."""
    normal = NormalDist()
    return normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)


def detectable(se: float, df: float = math.inf, power: float = 0.8) -> float:
    """The effect found with `power` at standard error `se` (Student's t where df is finite)."""
    if math.isinf(df):
        return factor(power=power) * se
    return float(student(df) + student(df, 2 * power - 1)) * se


def minimum_detectable_effect(
    n: int,
    *,
    w2: float,
    v_a: float,
    k_a: int,
    v_b: float,
    k_b: int,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float:
    """The difference found with `power` on n problems: Miller 2024, section 5; method.md 5."""
    return factor(alpha, power) * math.sqrt((w2 + v_a / k_a + v_b / k_b) / n)


def components(s_a: Floats, k_a: int, s_b: Floats, k_b: int) -> Components:
    """Estimate the variances from a pilot's rates per problem (each n), K >= 2 draws a side."""
    if min(k_a, k_b) < 2:
        raise ValueError(f"a pilot needs 2 draws a problem to tell its variances, found {k_a, k_b}")
    v_a = float(np.mean(k_a / (k_a - 1) * s_a * (1 - s_a)))
    v_b = float(np.mean(k_b / (k_b - 1) * s_b * (1 - s_b)))
    seen = float(np.var(s_a - s_b, ddof=1))
    return Components(max(0.0, seen - v_a / k_a - v_b / k_b), v_a, v_b)
