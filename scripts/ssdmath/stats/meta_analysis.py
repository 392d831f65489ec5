"""One estimate from several studies: fixed effect, or random effects with Hartung-Knapp's interval.

y_i estimates study i's true effect with the standard error s_i, which is taken as known. Under a
fixed effect all true effects are equal; under random effects they vary with the variance tau^2.

Paule and Mandel (1982, J. Res. NBS 87:377) estimate tau^2 as the value at which the weighted sum of
squares equals its expectation k - 1. The interval of the mean is Student's with k - 1 degrees of
freedom on the scale q of Hartung and Knapp (2001, Stat. Med. 20:3875) and Sidik and Jonkman (2002,
Stat. Med. 21:3153). Where q is below 1 it is taken as 1 (Knapp and Hartung 2003, Stat. Med.
22:2693), for a few studies that happen to agree would otherwise give an interval shorter than that
of a fixed effect (Roever, Knapp, Friede 2015, BMC Med. Res. Methodol. 15:99).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ssdmath.stats.intervals import student
from ssdmath.stats.resampling import Floats

FIXED, RANDOM = "fixed effect", "random effects, Hartung-Knapp"
FEWEST_RANDOM = 3  # two studies leave one degree of freedom: Student's factor would be 12.7


@dataclass(frozen=True)
class Pooled:
    """The pooled estimate with its 95 % interval and two-sided p, and how far studies differ."""

    method: str
    studies: int
    estimate: float
    se: float
    lo: float
    hi: float
    p: float
    q: float  # Cochran's Q
    p_q: float  # of Q under equal effects
    i2: float  # share of the spread that sampling does not explain (Higgins, Thompson 2002)
    tau: float | None = None  # standard deviation of true effects; None of a fixed effect
    next_lo: float | None = None  # 95 % of further studies have their true effect in here
    next_hi: float | None = None


def pooled(y: Sequence[float], se: Sequence[float]) -> Pooled:
    """Pool two or more studies: fixed effect for two, else random effects.

    ValueError: fewer than two studies, or a standard error that is not above zero.
    """
    effects, errors = np.asarray(y, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if len(effects) < 2:
        raise ValueError(f"found {len(effects)} studies; allowed: two or more")
    if not (np.isfinite(errors) & (errors > 0)).all():
        raise ValueError("found a standard error of 0; allowed: above 0")
    return _fixed(effects, errors) if len(effects) < FEWEST_RANDOM else _random(effects, errors)


def tau_squared(y: Floats, se: Floats) -> float:
    """Paule and Mandel's variance of the true effects; 0 where the studies differ too little."""
    if _q(y, se, 0.0) <= len(y) - 1:
        return 0.0
    low, high = 0.0, float(y.var(ddof=1)) + 1e-12
    while _q(y, se, high) > len(y) - 1:
        high *= 2
    for _ in range(200):  # Q falls in tau^2, so bisection finds the only root
        middle = (low + high) / 2
        low, high = (middle, high) if _q(y, se, middle) > len(y) - 1 else (low, middle)
        if high - low <= 1e-14 * high:
            break
    return (low + high) / 2


def _fixed(y: Floats, se: Floats) -> Pooled:
    estimate, error = _mean(y, se, 0.0)
    normal = NormalDist()
    half = normal.inv_cdf(0.975) * error
    p = 2 * normal.cdf(-abs(estimate) / error)
    ends = {"lo": estimate - half, "hi": estimate + half, "p": p}
    return Pooled(FIXED, len(y), estimate, error, **ends, **_spread(y, se))


def _random(y: Floats, se: Floats) -> Pooled:
    from scipy.special import stdtr  # scipy.special costs 0.2 s to import

    df, tau2 = len(y) - 1, tau_squared(y, se)
    estimate, plain = _mean(y, se, tau2)
    error = plain * math.sqrt(max(1.0, _q(y, se, tau2) / df))
    half = float(student(df)) * error
    # Higgins, Thompson, Spiegelhalter 2009 (JRSS A 172:137): Student's t with k - 2.
    further = float(student(df - 1)) * math.sqrt(tau2 + error**2)
    return Pooled(
        RANDOM,
        len(y),
        estimate,
        error,
        lo=estimate - half,
        hi=estimate + half,
        p=2 * float(stdtr(df, -abs(estimate) / error)),
        tau=math.sqrt(tau2),
        next_lo=estimate - further,
        next_hi=estimate + further,
        **_spread(y, se),
    )


def _mean(y: Floats, se: Floats, tau2: float) -> tuple[float, float]:
    """The mean weighted by inverse variances, and its standard error."""
    weights = 1 / (se**2 + tau2)
    return float((weights * y).sum() / weights.sum()), float(weights.sum() ** -0.5)


def _q(y: Floats, se: Floats, tau2: float) -> float:
    """The weighted sum of squares around that mean; Cochran's Q at tau^2 = 0."""
    mean, _ = _mean(y, se, tau2)
    return float(((y - mean) ** 2 / (se**2 + tau2)).sum())


def _spread(y: Floats, se: Floats) -> dict[str, float]:
    """Cochran's Q, its p, and I^2."""
    from scipy.special import chdtrc

    q, df = _q(y, se, 0.0), len(y) - 1
    return {"q": q, "p_q": float(chdtrc(df, q)), "i2": max(0.0, 1 - df / q) if q > 0 else 0.0}
