"""Strata beside the sources' own: base's held-out pass rate, and nested stratified parts."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

_EDGES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the bins of pass rates
_NONE = pl.Schema({"problem": pl.String(), "stratum": pl.String()})


def groups(
    problems: pl.DataFrame, held_out: pl.DataFrame | None, nested: Sequence[int]
) -> pl.DataFrame:
    """All extra strata as (problem, stratum), for `groups` of `metrics.scores`."""
    rated = [] if held_out is None else [pass_rate_bins(held_out)]
    return pl.concat([_NONE.to_frame(), *rated, *(part(problems, size) for size in nested)])


def pass_rate_bins(held_out: pl.DataFrame) -> pl.DataFrame:
    """Bin problems by the base model's pass rate: (problem, stratum).

    `held_out` must be draws that no score counts: binning by the draws that are then scored would
    let regression to the mean pass for an effect.
    """
    names = [f"base {100 * a:g}-{100 * b:g} %" for a, b in pairwise(_EDGES)]
    rates = held_out.group_by("problem").agg(
        right=pl.col("correct").fill_null(value=False).sum(), drawn=pl.len()
    )
    rate = (rates["right"] / rates["drawn"]).to_numpy()
    place = np.clip(np.searchsorted(_EDGES, rate, side="right") - 1, 0, len(names) - 1)
    return rates.select("problem", pl.Series("stratum", [names[at] for at in place])).sort(
        "problem"
    )


def part(problems: pl.DataFrame, size: int) -> pl.DataFrame:
    """`size` problems of every split that is larger, with the split's mix of strata to rounding.

    Parts are nested: the problems of a smaller one are in every larger one (docs/method.md, 5).
    """
    ranked = problems.with_row_index("row").with_columns(
        place=(pl.int_range(pl.len()).over("split", "stratum") + 0.5)
        / pl.len().over("split", "stratum"),
        whole=pl.len().over("split"),
    )
    ordered = ranked.sort("split", "place", "stratum", "row")
    taken = ordered.filter(pl.int_range(pl.len()).over("split") < size, pl.col("whole") > size)
    return taken.select(problem="id", stratum=pl.lit(f"nested {size}")).sort("problem")
