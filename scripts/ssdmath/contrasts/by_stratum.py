"""Declared contrasts again inside each stratum: where a difference comes from."""

from collections.abc import Sequence
from typing import Unpack

import polars as pl

from ssdmath.contrasts import budgets
from ssdmath.contrasts.declared import Contrast
from ssdmath.contrasts.table import Given, answers, judged
from ssdmath.stats.corrections import benjamini_hochberg
from ssdmath.tables import schemas


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    groups: pl.DataFrame,
    *,
    margin: float = 0.02,
    **given: Unpack[Given],
) -> pl.DataFrame:
    """One row per contrast and stratum, the columns of `tables.GAINS`; all of it exploratory.

    `groups` (problem, stratum) adds overlapping strata to the problems' own. The spread of runs is
    pooled over recipes within the stratum. The p is corrected by Benjamini-Hochberg over all rows;
    `margin` as in the contrast table.
    """
    own = problems.select(problem="id", stratum="stratum").drop_nulls()
    members = pl.concat([own, groups.select("problem", "stratum")]).unique()
    placed = members.join(problems.select(problem="id", split="split"), on="problem")
    placed = placed.sort("stratum", "problem")
    declared = budgets.fitted(declared, draws)  # by the lengths of the split, not of a stratum
    parts = [pl.DataFrame()]
    for split in sorted({contrast.split for contrast in declared}):
        of_split = [contrast for contrast in declared if contrast.split == split]
        for (stratum,), inside in placed.group_by("stratum", maintain_order=True):
            if split not in inside["split"]:
                continue
            # Validation stays in: recipes that are not tested show there how runs spread.
            rows = answers(
                draws.join(inside, on="problem", how="semi"),
                problems.join(inside, left_on="id", right_on="problem", how="semi"),
                of_split,
                **given,
            )
            parts.append(rows.with_columns(stratum=pl.lit(str(stratum))))
    rows = pl.concat(parts, how="diagonal_relaxed")
    if rows.is_empty():
        return schemas.GAINS.to_frame()
    rows = rows.with_columns(p_bh=pl.Series(benjamini_hochberg(rows["p"].to_numpy())))
    return judged(rows, margin).select(schemas.GAINS.names())
