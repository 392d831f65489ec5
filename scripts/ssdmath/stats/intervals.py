"""95 % intervals of a mean over problems, and the choice of the method that covers (method.md 5).

Which method holds its level where is measured, not believed: docs/calibration.md.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ssdmath.stats.resampling import Floats, Ints, bootstrap_means, cluster_sums

LEVEL = 0.95
METHODS = ("wilson", "wilson, effective n", "cluster bootstrap", "clustered t")
RARE = 20  # right or wrong answers, in problems, below which bootstrap and t miss
ROUNDING = 1e-12  # of shares of 1: a smaller spread is that of floating point, so none
FEW = 300  # docs/method.md, 5: below this many clusters no bars from the central limit theorem


@dataclass(frozen=True)
class Intervals:
    """Mean, standard error and interval of each cell; `methods` names what made the interval."""

    mean: Floats
    se: Floats
    lo: Floats
    hi: Floats
    methods: list[str]


def student(df: Floats | float, level: float = LEVEL) -> Floats:
    """Two-sided quantile of Student's t, for `df` degrees of freedom."""
    from scipy.special import stdtrit  # scipy.special costs 0.2 s to import

    return np.asarray(stdtrit(df, 0.5 + level / 2), dtype=np.float64)


def wilson(mean: Floats, n: Floats, z: Floats | float | None = None) -> tuple[Floats, Floats]:
    """Wilson's score interval of a proportion `mean` of `n` trials (Wilson 1927); z: 95 %."""
    z = NormalDist().inv_cdf(0.5 + LEVEL / 2) if z is None else z
    centre = (mean + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(mean * (1 - mean) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0.0, mean), np.clip(centre + half, mean, 1.0)


def clustered_se(rates: Floats, clusters: Ints) -> Floats:
    """Standard error of each column's mean over problems (problems x cells, NaN: not drawn).

    SE^2 = C/(C-1) n^-2 sum_c (sum_{i in c} (s_i - mean))^2 (Miller 2024, section 2.2), with the
    usual correction for C clusters, so that single problems give sum (s_i - mean)^2 / (n (n-1)).
    Where no cluster differs from another it is exactly 0.
    """
    present = ~np.isnan(rates)
    n = present.sum(axis=0)
    residuals = cluster_sums(rates - np.nanmean(rates, axis=0), clusters)
    count = np.maximum(_clusters_present(present, clusters), 2)
    se = np.sqrt(count / (count - 1) * (residuals**2).sum(axis=0)) / n
    return np.where(se > ROUNDING, se, 0.0)


def expanded_percentiles(means: Floats, clusters: float) -> tuple[Floats, Floats]:
    """Percentile interval of bootstrap `means` (resamples x cells), widened for few clusters.

    The plain percentile interval uses normal quantiles and n for n - 1; taking the percentile of
    sqrt(n/(n-1)) t_{n-1} instead mends both (Hesterberg 2015, section 5.3).
    """
    z = np.sqrt(clusters / (clusters - 1)) * float(student(clusters - 1))
    tail = NormalDist().cdf(-float(z))
    lo, hi = np.quantile(means, [tail, 1 - tail], axis=0)
    return lo, hi


def mean_intervals(
    rates: Floats, drawn: Ints, clusters: Ints, *, seed: int, resamples: int
) -> Intervals:
    """Interval of the mean rate of each cell (problems x cells, NaN: not drawn).

    Wilson where every cluster is one problem drawn once, or where no problem differs from another;
    Wilson on the effective number of draws where few problems are right, or few wrong, for there
    both others miss; else the bootstrap over clusters below 300 of them, and clustered t above.
    """
    present = ~np.isnan(rates)
    n, count = present.sum(axis=0), _clusters_present(present, clusters)
    mean, se = np.nanmean(rates, axis=0), clustered_se(rates, clusters)
    flat = (se == 0) | (count < 2)
    once = (np.where(present, drawn, 0).max(axis=0) == 1) & (count == n)
    chosen = np.select(
        [flat | once, n * np.minimum(mean, 1 - mean) < RARE, count < FEW], [0, 1, 2], default=3
    )
    t = student(np.maximum(count - 1, 1).astype(np.float64))
    lo, hi = np.clip(mean - t * se, 0, 1), np.clip(mean + t * se, 0, 1)
    effective = np.where(flat, count, mean * (1 - mean) / np.where(flat, 1, se) ** 2)
    for method, ends in (
        (0, wilson(mean, count.astype(np.float64))),
        (1, wilson(mean, np.minimum(effective, drawn.sum(axis=0)), t)),
    ):
        lo, hi = np.where(chosen == method, ends[0], lo), np.where(chosen == method, ends[1], hi)
    small = np.flatnonzero(chosen == 2)
    means = bootstrap_means(rates[:, small], clusters, seed=seed, resamples=resamples)
    for column, cell in enumerate(small):
        lo[cell], hi[cell] = expanded_percentiles(means[:, column], float(count[cell]))
    return Intervals(mean, se, lo, hi, [METHODS[at] for at in chosen])


def _clusters_present(present: np.ndarray, clusters: Ints) -> Ints:
    return np.asarray((cluster_sums(present.astype(np.float64), clusters) > 0).sum(axis=0))
