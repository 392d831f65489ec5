"""The paired difference of two sides over the same problems, with one or several runs per side.

One training run per side: cluster bootstrap and sign-flip permutation are about these checkpoints.
Two or more: another seed makes other checkpoints, so that the spread of runs counts as well
(docs/method.md, section 5), on the scale of `stats.between_runs`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ssdmath.stats.between_runs import RunSpread, scale
from ssdmath.stats.intervals import RARE, ROUNDING, clustered_se, expanded_percentiles, student
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means, cluster_sums, sign_flips

BOOTSTRAP, OVER_RUNS = "cluster bootstrap", "t over runs and problems"
FEW_DIFFER = "t interval, for fewer than 20 problems differ"
ALIKE = (
    "every cluster of problems has the same difference: the interval is what their number leaves "
    "open"
)


@dataclass(frozen=True)
class Difference:
    """Mean of a minus mean of b, in shares of 1, with a 95 % interval and a two-sided p."""

    delta: float
    se: float
    lo: float
    hi: float
    p: float
    method: str
    sd_between_runs: float | None = None  # observed, noise of the draws included
    df: float = math.inf
    recipes: int = 0  # whose runs' spread was pooled
    sd_pooled: float | None = None  # between runs, pooled and net of the draws' noise


def difference(
    a: Floats,
    b: Floats,
    clusters: Ints,
    *,
    seed: int,
    resamples: int,
    others: Sequence[RunSpread] | None = (),
) -> Difference:
    """Compare per-problem rates a (problems x runs) with b (problems x runs), problems paired.

    `others`: how the runs of the study's other recipes spread; it steadies the sides' own spread.
    None leaves each side its own spread alone, which docs/calibration.md compares.
    """
    if max(a.shape[1], b.shape[1]) > 1:
        return _over_runs(a, b, clusters, others)
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
    lo = np.where(rare, np.maximum(delta - half, -1.0), lo)
    hi = np.where(rare, np.minimum(delta + half, 1.0), hi)
    alike = (se == 0) | (count < 2)
    for at in np.flatnonzero(alike):
        lo[at], hi[at], p[at] = without_spread(float(delta[at]), count)
    methods = np.select([alike, rare], [ALIKE, FEW_DIFFER], BOOTSTRAP).tolist()
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


def without_spread(delta: float, count: int, *, comparisons: int = 1) -> tuple[float, float, float]:
    """Interval and p where no problem differs from another: what `count` clusters cannot rule out.

    A problem that differs, of which none was seen among `count`, is rarer than this with 97.5 %
    (Clopper, Pearson 1934); it moves the mean by at most 1 - |delta| or so, here by 1. The p is
    that of the sign flips, 1 without a difference. With several `comparisons` the intervals hold
    at once, and p is adjusted (Bonferroni).
    """
    unseen = 1 - (0.025 / comparisons) ** (1 / count)
    p = 1.0 if abs(delta) <= ROUNDING else min(1.0, comparisons * 2.0 ** (1 - count))
    return max(-1.0, delta - unseen), min(1.0, delta + unseen), p


def _over_runs(
    a: Floats, b: Floats, clusters: Ints, others: Sequence[RunSpread] | None
) -> Difference:
    """Runs and problems both vary: Student's interval on the scale of their variance components."""
    from scipy.special import stdtr  # scipy.special costs 0.2 s to import

    several = [side for side in (a, b) if side.shape[1] > 1]
    between = sum(float(side.mean(axis=0).var(ddof=1)) for side in several) ** 0.5
    delta = float(a.mean() - b.mean())
    of = scale((a, b), a.mean(axis=1) - b.mean(axis=1), clusters, others)
    if of.se == 0:
        method, (lo, hi, p) = ALIKE, without_spread(delta, int(clusters.max()) + 1)
    else:
        method = OVER_RUNS
        half = float(student(of.df)) * of.se
        lo, hi = max(-1.0, delta - half), min(1.0, delta + half)
        p = 2 * float(stdtr(of.df, -abs(delta) / of.se))
    return Difference(delta, of.se, lo, hi, p, method, between, of.df, of.recipes, of.sd)
