"""Status shares and health rates over the draws of a cell: what an accuracy hides (method.md 4)."""

import numpy as np
import polars as pl

from ssdmath.stats import kaplan_meier
from ssdmath.stats.outcomes import KEY
from ssdmath.tables import statuses

QUARTILES = {"tokens_q25": 0.25, "tokens_median": 0.5, "tokens_q75": 0.75}


def shares(draws: pl.DataFrame, members: pl.DataFrame, split: str) -> pl.DataFrame:
    """Shares of each status and health rates over the draws of each cell and stratum."""
    completed = pl.col("status") != statuses.LENGTH_STOP
    right = pl.col("correct").fill_null(value=False)
    finished = draws.filter(split=split).join(members, on="problem")
    rates = finished.group_by(*KEY, "stratum").agg(
        *((pl.col("status") == name).mean().alias(f"share_{name}") for name in statuses.STATUSES),
        right.filter(completed).mean().alias("accuracy_completed"),
        pl.col("think_closed", "boxed", "loop", "markers").mean(),
        pl.col("tokens").alias("lengths"),
        completed.alias("ended"),
    )
    distinct = (
        finished.group_by(*KEY, "stratum", "problem")
        .agg(distinct=pl.col("answer").drop_nulls().n_unique())
        .group_by(*KEY, "stratum")
        .agg(distinct_answers=pl.col("distinct").mean())
    )
    quartiles = [
        kaplan_meier.quantiles(np.array(lengths), np.array(ended), list(QUARTILES.values()))
        for lengths, ended in rates.select("lengths", "ended").iter_rows()
    ]
    columns = [
        pl.Series(name, [of_cell[at] for of_cell in quartiles], dtype=pl.Float64)
        for at, name in enumerate(QUARTILES)
    ]
    rates = rates.drop("lengths", "ended").with_columns(columns)
    return rates.join(distinct, on=[*KEY, "stratum"])
