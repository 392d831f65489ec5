"""Declared contrasts once more inside each stratum: where a difference comes from (method.md 5)."""

from collections.abc import Sequence

import polars as pl

from ssdmath.contrasts.table import Contrast, contrasts
from ssdmath.stats.corrections import benjamini_hochberg
from ssdmath.tables import schemas

_KEPT = ["contrast", "split", "stratum", "problems", "delta", "lo", "hi", "p"]


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    groups: pl.DataFrame,
    *,
    seed: int,
    resamples: int = 10_000,
) -> pl.DataFrame:
    """A row per contrast and stratum, the columns of `tables.GAINS`; all of it exploratory.

    `groups` (problem, stratum) adds overlapping strata to the problems' own. The p is corrected by
    Benjamini-Hochberg over all rows.
    """
    own = problems.select(problem="id", stratum="stratum").drop_nulls()
    members = pl.concat([own, groups.select("problem", "stratum")]).unique()
    parts = [schemas.GAINS.to_frame().select(_KEPT)]
    for split in sorted({contrast.split for contrast in declared}):
        asked = [contrast for contrast in declared if contrast.split == split]
        inside = members.join(
            problems.filter(pl.col("split") == split), left_on="problem", right_on="id", how="semi"
        ).sort("stratum", "problem")
        for (stratum,), named in inside.group_by("stratum", maintain_order=True):
            found = contrasts(
                draws.join(named, on="problem", how="semi"),
                problems.join(named, left_on="id", right_on="problem", how="semi"),
                asked,
                seed=seed,
                resamples=resamples,
            )
            parts.append(found.with_columns(stratum=pl.lit(str(stratum))).select(_KEPT))
    rows = pl.concat(parts)
    return rows.with_columns(p_bh=pl.Series(benjamini_hochberg(rows["p"].to_numpy())))
