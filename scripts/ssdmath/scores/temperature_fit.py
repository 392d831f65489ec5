"""Does temperature compose? Accuracy against T_eff = T_train x T_eval (method.md 6; fig. 3)."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.stats.intervals import LEVEL
from ssdmath.stats.outcomes import tally
from ssdmath.stats.recipes import with_other_runs
from ssdmath.stats.resampling import Floats, bootstrap_means
from ssdmath.tables.rounding import PLACES

GROUP = ["arm", "step", "train_truncation", "eval_truncation"]
FEWEST = 4  # distinct T_eff: through three points a parabola always passes
FIT = pl.Schema(
    {
        "arm": pl.String(),
        "step": pl.Int64(),
        "train_truncation": pl.String(),  # "" where nothing was cut off
        "eval_truncation": pl.String(),
        "cells": pl.Int64(),
        "temperatures": pl.Int64(),  # distinct T_eff
        "c0": pl.Float64(),  # accuracy = c0 + c1 T_eff + c2 T_eff^2
        "c1": pl.Float64(),
        "c2": pl.Float64(),
        "r2": pl.Float64(),
        "peak": pl.Float64(),  # T_eff of the summit; null where the parabola has none
        "peak_lo": pl.Float64(),
        "peak_hi": pl.Float64(),
        "peak_accuracy": pl.Float64(),
        "concave_share": pl.Float64(),  # of the resamples: how surely there is a summit
        "note": pl.String(),
    }
)


def composed(cells: pl.DataFrame) -> pl.DataFrame:
    """Add t_train, t_eval, t_eff and the truncation of both decodings to trained cells."""
    train = [Decoding.parse(slug) for slug in cells["train_decoding"]]
    evaluation = [Decoding.parse(slug) for slug in cells["decoding"]]
    return cells.with_columns(
        pl.Series("t_train", [d.temperature for d in train], dtype=pl.Float64),
        pl.Series("t_eval", [d.temperature for d in evaluation], dtype=pl.Float64),
        pl.Series("train_truncation", [d.truncation for d in train], dtype=pl.String),
        pl.Series("eval_truncation", [d.truncation for d in evaluation], dtype=pl.String),
    ).with_columns(t_eff=(pl.col("t_train") * pl.col("t_eval")).round(PLACES))


def fits(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    *,
    split: str,
    arms: Sequence[str] | None = None,
    seed: int,
    resamples: int = 10_000,
) -> pl.DataFrame:
    """A parabola in T_eff per arm, step and truncation, its R^2, and its peak with an interval.

    Every training run's cell is a point; greedy cells are left out (no temperature composes with
    0). The 95 % interval comes from refitting on resampled clusters of problems, to which the
    spread of runs is added on the scale of the contrasts (`stats.between_runs`).
    """
    outcomes = tally(draws, problems, split)
    trained = pl.col("train_decoding").is_not_null()
    selected = trained if arms is None else trained & pl.col("arm").is_in(arms)
    table = composed(outcomes.cells.with_row_index("column").filter(selected))
    table = table.filter(pl.col("t_eval") > 0, pl.col("t_train") > 0)
    rows = []
    for key, cells in table.sort(*GROUP, "column").group_by(GROUP, maintain_order=True):
        columns = cells["column"].to_numpy().astype(np.int64)
        rates = outcomes.rates[:, columns]
        means = bootstrap_means(rates, outcomes.clusters, seed=seed, resamples=resamples)
        means, single = with_other_runs(means, outcomes, columns, seed=seed)
        fit = parabola(cells["t_eff"].to_numpy(), np.nanmean(rates, axis=0), means)
        if single and "peak_lo" in fit:
            note = "; ".join(
                filter(None, [str(fit["note"]), "one run: the peak of this checkpoint"])
            )
            fit |= {"note": note}
        rows.append(dict(zip(GROUP, key, strict=True)) | fit)
    return pl.DataFrame(rows, schema=FIT).with_columns(pl.col(pl.Float64).round(PLACES))


def parabola(t_eff: Floats, accuracy: Floats, resampled: Floats) -> dict[str, object]:
    """Least squares of accuracy (cells,) on T_eff (cells,); `resampled` is resamples x cells."""
    distinct = len(np.unique(t_eff))
    row: dict[str, object] = {"cells": len(t_eff), "temperatures": distinct, "note": ""}
    if distinct < FEWEST:
        return row | {"note": f"{distinct} distinct T_eff; a parabola needs {FEWEST}"}
    design = np.vander(t_eff, 3, increasing=True)
    solve = np.linalg.pinv(design)
    c0, c1, c2 = solve @ accuracy
    spread = ((accuracy - accuracy.mean()) ** 2).sum()
    residual = ((accuracy - design @ [c0, c1, c2]) ** 2).sum()
    row |= {"c0": c0, "c1": c1, "c2": c2, "r2": 1 - residual / spread if spread > 0 else None}
    _, slope, bend = solve @ resampled.T
    concave = bend < 0
    row["concave_share"] = float(concave.mean())
    if c2 >= 0:
        return row | {"note": "no maximum: the parabola opens upwards"}
    peak = -c1 / (2 * c2)
    row |= {"peak": peak, "peak_accuracy": c0 - c1**2 / (4 * c2)}
    if not t_eff.min() <= peak <= t_eff.max():
        row["note"] = "the peak lies outside the T_eff measured"
    if concave.mean() < LEVEL:
        found = f"no interval: {100 * concave.mean():.0f} % of the resamples have a maximum"
        return row | {"note": "; ".join(filter(None, [str(row["note"]), found]))}
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    lo, hi = np.quantile(-slope[concave] / (2 * bend[concave]), tails)
    return row | {"peak_lo": float(lo), "peak_hi": float(hi)}
