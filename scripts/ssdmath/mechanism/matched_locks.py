"""Forks at matched locks: how open a model's forks are where its locks are as firm as base's.

Temperature trades one for the other, so that two models are compared at two temperatures of equal
firmness: along each model's own curve of (mass at locks, mass at forks) over T_eval.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from ssdmath.stats import problem_means
from ssdmath.stats.outcomes import number
from ssdmath.stats.resampling import Floats, bootstrap_means

METRIC = "right at matched locks"
SIDES = ("base_right_at", "right_at")


def forks(part: pl.DataFrame, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """For each T_eval of base: its mass at forks, and the model's where its locks are as firm.

    None where the model's locks are nowhere on its curve as firm as base's there.
    """
    temperatures = settings["temperatures"]
    means, clusters = _by_problem(part, len(temperatures))
    if not len(means):
        return
    how = {"seed": settings["seed"], "resamples": settings["resamples"]}
    many = bootstrap_means(means, clusters, **how)
    found = _matched(means.mean(axis=0)[None, :])[0]
    drawn = _matched(many)
    count = int(clusters.max()) + 1
    base_forks = means.mean(axis=0)[2 * len(temperatures) : 3 * len(temperatures)]
    for at, t in enumerate(temperatures):
        value = problem_means.plain(float(found[at, 0]))
        lo, hi = problem_means.interval(drawn[:, at, 1], count)
        yield {
            "t_eval": t,
            "base": float(base_forks[at]),
            "value": value,
            "delta": None if value is None else float(found[at, 1]),
            "delta_lo": None if value is None else lo,
            "delta_hi": None if value is None else hi,
            "positions": part.filter(pl.col("label") == "fork").height,
            "problems": len(means),
        }


def _by_problem(part: pl.DataFrame, count: int) -> tuple[Floats, Any]:
    """Means of each problem: locks of base, of the model, forks of base, of the model, over T."""
    wide = part.filter(pl.col("label").is_in(["lock", "fork"])).select(
        "problem",
        "cluster",
        "label",
        *[pl.col(side).list.get(i).alias(f"{side}{i}") for side in SIDES for i in range(count)],
    )
    names = [f"{side}{i}" for side in SIDES for i in range(count)]
    means = wide.group_by("problem", "cluster", "label", maintain_order=True).agg(
        pl.col(names).mean()
    )
    locks, forks_ = (means.filter(pl.col("label") == one) for one in ("lock", "fork"))
    both = locks.join(forks_, on="problem", suffix="_fork").sort("problem")
    columns = [*names, *[f"{name}_fork" for name in names]]
    return both.select(columns).to_numpy(), number(both["cluster"])


def _matched(curves: Floats) -> Floats:
    """Each row's forks at matched locks, and their difference to base's: [rows, T, 2]."""
    base_locks, locks, base_forks, forks_ = np.split(curves, 4, axis=1)
    found = np.full((*base_locks.shape, 2), np.nan)
    for row in range(len(curves)):
        order = np.argsort(locks[row])
        along = np.interp(
            base_locks[row], locks[row][order], forks_[row][order], left=np.nan, right=np.nan
        )
        found[row, :, 0], found[row, :, 1] = along, along - base_forks[row]
    return found
