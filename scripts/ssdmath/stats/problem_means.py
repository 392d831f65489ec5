"""Means over positions with intervals over problems: every problem counts the same.

A mean is taken within each problem first; the bootstrap draws problems (by cluster) anew.
"""

from dataclasses import dataclass

import numpy as np

from ssdmath.stats.intervals import expanded_percentiles
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means


@dataclass(frozen=True)
class Estimates:
    """Means of columns with 95 % intervals; NaN where nothing was there."""

    mean: Floats
    lo: Floats
    hi: Floats
    positions: int
    problems: int

    def row(self, at: int) -> tuple[float | None, float | None, float | None]:
        """Mean and interval of one column, None for NaN."""
        mean, lo, hi = (plain(float(one[at])) for one in (self.mean, self.lo, self.hi))
        return mean, lo, hi


def plain(value: float) -> float | None:
    """None for NaN and infinity."""
    return value if np.isfinite(value) else None


def by_problem(totals: Floats, counts: Floats, problems: Ints) -> tuple[Floats, Ints]:
    """Mean of each column within each problem, and the problems' numbers; empty ones left out.

    `totals` [units, columns] are sums over the positions of a unit, `counts` [units] how many.
    """
    size = int(problems.max()) + 1 if len(problems) else 0
    sums, held = np.zeros((size, totals.shape[1])), np.zeros(size)
    np.add.at(sums, problems, totals)
    np.add.at(held, problems, counts)
    there = np.flatnonzero(held > 0)
    return sums[there] / held[there, None], there


def estimate(
    totals: Floats, counts: Floats, problems: Ints, clusters: Ints, *, seed: int, resamples: int
) -> Estimates:
    """Mean over problems of each column, with its interval; `clusters` by problem number."""
    means, there = by_problem(totals, counts, problems)
    nothing = np.full(totals.shape[1], np.nan)
    positions = int(counts.sum())
    if not len(there):
        return Estimates(nothing, nothing, nothing, 0, 0)
    mean = means.mean(axis=0)
    drawn = renumbered(clusters[there])
    count = int(drawn.max()) + 1
    if count < 2:  # nothing is known of how problems differ
        return Estimates(mean, nothing, nothing, positions, len(there))
    resampled = bootstrap_means(means, drawn, seed=seed, resamples=resamples)
    lo, hi = expanded_percentiles(resampled, float(count))
    return Estimates(mean, lo, hi, positions, len(there))


def renumbered(labels: Ints) -> Ints:
    """The same groups numbered 0, 1, ... without gaps."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def resampled(
    totals: Floats, counts: Floats, problems: Ints, clusters: Ints, *, seed: int, resamples: int
) -> tuple[Floats, Floats, int]:
    """Means [columns], their resamples [resamples, columns] and the number of clusters.

    For what is computed from several means at once, such as a ratio.
    """
    means, there = by_problem(totals, counts, problems)
    drawn = renumbered(clusters[there])
    means_resampled = bootstrap_means(means, drawn, seed=seed, resamples=resamples)
    return means.mean(axis=0), means_resampled, int(drawn.max()) + 1


def interval(resamples: Floats, count: int) -> tuple[float | None, float | None]:
    """The interval of one statistic from its resamples; None if one of them has no value."""
    if count < 2 or not np.isfinite(resamples).all():
        return None, None
    lo, hi = expanded_percentiles(resamples[:, None], float(count))
    return float(lo[0]), float(hi[0])
