"""What a study can detect, computed before GPU time is spent (docs/method.md, section 5)."""

import math
from statistics import NormalDist

from ssdmath.stats.intervals import student
from ssdmath.stats.resampling import Floats


def factor(power: float = 0.8) -> float:
    """z_{.975} + z_power: how many standard errors an effect must measure to be found."""
    normal = NormalDist()
    return normal.inv_cdf(0.975) + normal.inv_cdf(power)


def detectable(se: float, df: float = math.inf, power: float = 0.8) -> float:
    """The effect found with `power` at standard error `se` (Student's t where df is finite)."""
    if math.isinf(df):
        return factor(power) * se
    return float(student_factor(df, power)) * se


def student_factor(df: Floats | float, power: float = 0.8) -> Floats:
    """`factor` at 5 % by Student's t, for one or many finite `df`; the same shape."""
    return student(df) + student(df, 2 * power - 1)
