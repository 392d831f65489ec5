"""Forks at matched locks: how open a model's forks are where its locks are as firm as base's.

Temperature trades one for the other. So each model is read where its locks have the same mass on
the right token, on its own curve of (mass at locks, mass at forks) over T_eval.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.stats import problem_means
from ssdmath.stats.outcomes import number
from ssdmath.stats.resampling import Floats, bootstrap_means

METRIC = "right at matched locks"
SIDES = ("base_right_at", "right_at")


def forks(positions: pl.DataFrame, config: MechanismConfig) -> Iterator[dict[str, Any]]:
    """For each T_eval of base: its mass at forks, and the model's where its locks are as firm.

    `positions` are the paired rows of one model. A row's value is None where the model's locks are
    nowhere on its curve as firm as base's.
    """
    temperatures = config.temperatures
    means, clusters = _by_problem(positions, len(temperatures))
    if not len(means):
        return
    resamples = bootstrap_means(means, clusters, seed=config.seed, resamples=config.resamples)
    matched = _matched(means.mean(axis=0)[None, :])[0]
    resampled = _matched(resamples)
    count = int(clusters.max()) + 1
    base_forks = means.mean(axis=0)[2 * len(temperatures) : 3 * len(temperatures)]
    for i, t in enumerate(temperatures):
        value = problem_means.plain(float(matched[i, 0]))
        lo, hi = problem_means.interval(resampled[:, i, 1], count)
        change = problem_means.as_change((float(matched[i, 1]), lo, hi))
        yield {
            "t_eval": t,
            "base": float(base_forks[i]),
            "value": value,
            **({} if value is None else change),
            "positions": positions.filter(pl.col("label") == "fork").height,
            "problems": len(means),
        }


def _by_problem(positions: pl.DataFrame, count: int) -> tuple[Floats, Any]:
    """Means by problem [problems, 4 x T]: locks of base and model, forks of base and model."""
    wide = positions.filter(pl.col("label").is_in(["lock", "fork"])).select(
        "problem",
        "cluster",
        "label",
        *[pl.col(side).list.get(i).alias(f"{side}{i}") for side in SIDES for i in range(count)],
    )
    names = wide.columns[3:]
    means = wide.group_by("problem", "cluster", "label", maintain_order=True).agg(
        pl.col(names).mean()
    )
    locks, forks_ = (means.filter(pl.col("label") == label) for label in ("lock", "fork"))
    both = locks.join(forks_, on="problem", suffix="_fork").sort("problem")
    columns = [*names, *[f"{name}_fork" for name in names]]
    return both.select(columns).to_numpy(), number(both["cluster"])


def _matched(curves: Floats) -> Floats:
    """Forks at matched locks, and their difference to base's: [rows, T, 2]; NaN off the curve."""
    base_locks, locks, base_forks, forks_ = np.split(curves, 4, axis=1)
    matched = np.full((*base_locks.shape, 2), np.nan)
    for row in range(len(curves)):
        order = np.argsort(locks[row])
        along = np.interp(
            base_locks[row], locks[row][order], forks_[row][order], left=np.nan, right=np.nan
        )
        matched[row, :, 0], matched[row, :, 1] = along, along - base_forks[row]
    return matched
