"""Means over positions with intervals over problems: every problem counts the same.

A mean is taken within each problem first; the bootstrap draws problems (by cluster) anew.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ssdmath.stats.intervals import expanded_percentiles
from ssdmath.stats.outcomes import number
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means

WithInterval = tuple[float | None, float | None, float | None]  # value, lo, hi


@dataclass(frozen=True)
class Estimates:
    """Means of columns with 95 % intervals; NaN where nothing was there."""

    mean: Floats
    lo: Floats
    hi: Floats
    positions: int
    problems: int

    def row(self, at: int) -> WithInterval:
        """Mean and interval of one column, None for NaN."""
        mean, lo, hi = (plain(float(one[at])) for one in (self.mean, self.lo, self.hi))
        return mean, lo, hi

    def change(self, at: int) -> dict[str, float | None]:
        """The mean of one column, which is a difference, as the tables name it."""
        return as_change(self.row(at))

    @property
    def sizes(self) -> dict[str, int]:
        """How many positions and problems the means are over."""
        return {"positions": self.positions, "problems": self.problems}


def as_change(values: WithInterval) -> dict[str, float | None]:
    """A difference and its interval by the names of the tables' columns."""
    return dict(zip(("delta", "delta_lo", "delta_hi"), values, strict=True))


def plain(value: float) -> float | None:
    """None for NaN and infinity."""
    return value if np.isfinite(value) else None


class Bootstrap:
    """Means over the problems of some units, with intervals by a bootstrap over their clusters."""

    def __init__(self, units: pl.DataFrame, *, seed: int, resamples: int) -> None:
        """Number the problems; `units` has the columns problem and cluster, a row per unit."""
        self.problems = number(units["problem"])
        first = units.unique("problem", keep="first", maintain_order=True)
        self.clusters = number(first["cluster"])
        self.how = {"seed": seed, "resamples": resamples}

    def estimate(self, totals: Floats, counts: Floats) -> Estimates:
        """Mean over problems of each column, with its interval.

        `totals` [units, columns] are sums over the positions of a unit, `counts` [units] how many.
        """
        nothing, positions = np.full(totals.shape[1], np.nan), int(counts.sum())
        means, clusters = self._by_problem(totals, counts)
        if not len(means):
            return Estimates(nothing, nothing, nothing, 0, 0)
        mean, count = means.mean(axis=0), int(clusters.max()) + 1
        if count < 2:  # nothing is known of how problems differ
            return Estimates(mean, nothing, nothing, positions, len(means))
        lo, hi = expanded_percentiles(bootstrap_means(means, clusters, **self.how), float(count))
        return Estimates(mean, lo, hi, positions, len(means))

    def resampled(self, totals: Floats, counts: Floats) -> tuple[Floats, Floats, int]:
        """Means [columns], their resamples [resamples, columns] and the number of clusters.

        For what is computed from several means at once, such as a ratio.
        """
        means, clusters = self._by_problem(totals, counts)
        drawn = bootstrap_means(means, clusters, **self.how)
        return means.mean(axis=0), drawn, int(clusters.max()) + 1

    def _by_problem(self, totals: Floats, counts: Floats) -> tuple[Floats, Ints]:
        """Mean of each column within each problem that has positions, and its cluster."""
        sums, held = np.zeros((len(self.clusters), totals.shape[1])), np.zeros(len(self.clusters))
        np.add.at(sums, self.problems, totals)
        np.add.at(held, self.problems, counts)
        there = held > 0
        return sums[there] / held[there, None], renumbered(self.clusters[there])


def renumbered(labels: Ints) -> Ints:
    """The same groups numbered 0, 1, ... without gaps."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def interval(resamples: Floats, count: int) -> tuple[float | None, float | None]:
    """The interval of one statistic from its resamples; None if one of them has no value."""
    if count < 2 or not np.isfinite(resamples).all():
        return None, None
    lo, hi = expanded_percentiles(resamples[:, None], float(count))
    return float(lo[0]), float(hi[0])
