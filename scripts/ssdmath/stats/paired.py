"""The paired difference of two sides over the same problems, with one or with several runs a side.

One training run a side: cluster bootstrap and sign-flip permutation speak of these checkpoints.
Two or more: another seed makes other checkpoints, so runs are resampled too (method.md 5).
"""

import math
from dataclasses import dataclass

import numpy as np

from ssdmath.stats.intervals import LEVEL, RARE, clustered_se, expanded_percentiles, student
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means, cluster_sums, sign_flips

FEW_RUNS = 5
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
BOOTSTRAP, HIERARCHICAL = "cluster bootstrap", "hierarchical bootstrap"
FEW_DIFFER = "t interval, for fewer than 20 problems differ"


@dataclass(frozen=True)
class Difference:
    """Mean of a minus mean of b, in shares of 1, with a 95 % interval and a two-sided p."""

    delta: float
    se: float
    lo: float
    hi: float
    p: float
    method: str
    sd_between_runs: float | None = None
    df: float = math.inf


def difference(a: Floats, b: Floats, clusters: Ints, *, seed: int, resamples: int) -> Difference:
    """Compare per-problem rates a (problems x runs) with b (problems x runs), problems paired."""
    if max(a.shape[1], b.shape[1]) > 1:
        return _over_runs(a, b, clusters, seed=seed, resamples=resamples)
    return differences(a - b, clusters, seed=seed, resamples=resamples)[0]


def differences(d: Floats, clusters: Ints, *, seed: int, resamples: int) -> list[Difference]:
    """Each column of paired differences d (problems x comparisons) against 0, runs as they are.

    The interval is the cluster bootstrap's, or Student's where fewer than 20 clusters differ at
    all, for there resamples repeat too few values (docs/calibration.md).
    """
    count = int(clusters.max()) + 1
    delta, se = d.mean(axis=0), clustered_se(d, clusters)
    p = sign_flip_p(d, clusters, seed=seed, resamples=resamples)
    means = bootstrap_means(d, clusters, seed=seed, resamples=resamples)
    lo, hi = expanded_percentiles(means, max(2, count))
    rare = (cluster_sums(d, clusters) != 0).sum(axis=0) < RARE
    half = float(student(max(1, count - 1))) * se
    lo, hi = np.where(rare, delta - half, lo), np.where(rare, delta + half, hi)
    for at in np.flatnonzero((se == 0) | (count < 2)):
        lo[at], hi[at] = _without_spread(float(delta[at]), count)
        p[at] = 1.0 if delta[at] == 0 else 2.0 ** (1 - count)
    methods = [FEW_DIFFER if few else BOOTSTRAP for few in rare]
    columns = zip(delta.tolist(), se.tolist(), lo.tolist(), hi.tolist(), p.tolist(), strict=True)
    return [Difference(*row, method) for row, method in zip(columns, methods, strict=True)]


def sign_flip_p(d: Floats, clusters: Ints, *, seed: int, resamples: int) -> Floats:
    """Two-sided mid-p of "no difference" per column of d (problems x columns).

    Under the null each cluster's summed difference is as likely with the other sign. Draws from
    few values tie often; ties count half, else the test at K = 1 (McNemar's) keeps under its level.
    """
    sums = cluster_sums(d, clusters)
    observed = np.abs(sums.sum(axis=0))
    slack = 1e-9 * np.maximum(np.abs(sums).sum(axis=0), 1e-300)
    above = np.zeros(d.shape[1])
    for signs in sign_flips(len(sums), seed=seed, resamples=resamples):
        flipped = np.abs(signs @ sums)
        above += (flipped > observed + slack).sum(axis=0)
        above += 0.5 * (np.abs(flipped - observed) <= slack).sum(axis=0)
    return np.minimum((above + 0.5) / (resamples + 0.5), 1.0)


def _without_spread(delta: float, count: int) -> tuple[float, float]:
    """Interval where no problem differs from another: what so many clusters cannot rule out.

    A problem that differs, of which none was seen among `count`, is rarer than this with 97.5 %
    (Clopper, Pearson 1934); it moves the mean by at most 1 - |delta| or so, here by 1.
    """
    unseen = 1 - 0.025 ** (1 / count)
    return max(-1.0, delta - unseen), min(1.0, delta + unseen)


def hierarchical_means(
    a: Floats, b: Floats, clusters: Ints, *, seed: int, resamples: int
) -> Floats:
    """Differences of means with runs and clusters of problems both drawn anew: (resamples,).

    All runs meet the same problems, so one draw of problems serves them all (Owen 2007).
    """
    means = bootstrap_means(np.hstack([a, b]), clusters, seed=seed, resamples=resamples)
    rng = np.random.default_rng([seed, a.shape[1], b.shape[1]])
    runs = np.hsplit(means, [a.shape[1]])
    picked = [rng.integers(0, side.shape[1], size=side.shape) for side in runs]
    sides = [np.take_along_axis(side, at, axis=1) for side, at in zip(runs, picked, strict=True)]
    return np.asarray(sides[0].mean(axis=1) - sides[1].mean(axis=1))


def _over_runs(a: Floats, b: Floats, clusters: Ints, *, seed: int, resamples: int) -> Difference:
    """Runs and problems both vary: the hierarchical bootstrap's interval, rescaled.

    Resamples of a few runs spread too little, and they count the noise of a run on a problem twice.
    So the shape is the bootstrap's and the scale that of the variance components, with Student's
    quantile for their degrees of freedom (docs/calibration.md).
    """
    from scipy.special import stdtr  # scipy.special costs 0.2 s to import

    several = [side for side in (a, b) if side.shape[1] > 1]
    delta = float(a.mean() - b.mean())
    between = sum(float(side.mean(axis=0).var(ddof=1)) for side in several) ** 0.5
    se, df = _two_way(a, b, clusters)
    means = hierarchical_means(a, b, clusters, seed=seed, resamples=resamples)
    spread = float(means.std())
    if min(se, spread) == 0:
        lo, hi = _without_spread(delta, int(clusters.max()) + 1)
        return Difference(delta, se, lo, hi, 1.0, HIERARCHICAL, between, df)
    stretch = se / spread * float(student(df) / student(math.inf))
    lo, hi = delta + stretch * (np.quantile(means, TAILS) - means.mean())
    p = 2 * float(stdtr(df, -abs(delta) / se))
    return Difference(delta, se, float(lo), float(hi), p, HIERARCHICAL, between, df)


def _two_way(a: Floats, b: Floats, clusters: Ints) -> tuple[float, float]:
    """Standard error over runs and problems, and Satterthwaite's degrees of freedom (1946).

    Two-way random effects: variance of the problems' mean differences, plus that of the runs'
    means, minus the residual that both hold; never below that of the problems alone. The residual
    stays where runs are fewer than 5: their spread is known so badly that it is better too wide.
    """
    count = int(clusters.max()) + 1
    d = a.mean(axis=1, keepdims=True) - b.mean(axis=1, keepdims=True)
    problems = float(clustered_se(d, clusters)[0]) ** 2
    variance, spread = problems, problems**2 / max(1, count - 1)
    for side in (a, b):
        runs = side.shape[1]
        if runs == 1:
            continue
        means = side.mean(axis=0)
        rest = side - means - side.mean(axis=1, keepdims=True) + side.mean()
        residual = float((cluster_sums(rest, clusters) ** 2).sum())
        residual /= len(side) ** 2 * (runs - 1) * runs
        residual = residual if runs >= FEW_RUNS else 0.0
        between = float(means.var(ddof=1)) / runs
        variance += between - residual
        spread += between**2 / (runs - 1) + residual**2 / max(1, (count - 1) * (runs - 1))
    variance = max(variance, problems)
    return variance**0.5, variance**2 / spread if spread > 0 else math.inf
