"""The contrasts that several finished studies have in common, study by study and pooled."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

import polars as pl

from ssdmath.compared.schemas import POOLED, STUDIES
from ssdmath.finished.folder import StudyFolderError, listed
from ssdmath.finished.study import FinishedStudy
from ssdmath.stats.meta_analysis import Pooled, pooled
from ssdmath.tables.rounding import PLACES

KEY = ["contrast", "split"]


def table(studies: Mapping[str, FinishedStudy]) -> pl.DataFrame:
    """Every contrast that two studies or more declare by the same name on one split.

    The columns are those of `STUDIES`, with no weights yet. Contrasts come in the order of the
    first study, studies as given. StudyFolderError: no contrast in common.
    """
    parts = [_of_study(name, study) for name, study in studies.items()]
    rows = pl.concat(parts)
    shared = rows.filter(pl.len().over(KEY) > 1)
    if not shared.height:
        found = [f"{part['study'][0]}: {listed(part['contrast'])}" for part in parts if part.height]
        allowed = "studies that declare a contrast by the same name on the same split"
        raise StudyFolderError(f"found no contrast in common ({'; '.join(found)}); {allowed}")
    order = shared.select(KEY).unique(maintain_order=True).with_row_index("_order")
    return shared.join(order, on=KEY).sort("_order", maintain_order=True).drop("_order")


def _of_study(name: str, study: FinishedStudy) -> pl.DataFrame:
    errors = study.standard_errors()
    rows = study.contrasts.with_columns(
        study=pl.lit(name),
        se=pl.col("contrast").replace_strict(errors, return_dtype=pl.Float64, default=None),
        weight=pl.lit(None, dtype=pl.Float64),
    )
    return rows.select(STUDIES.names())


def pool(rows: pl.DataFrame) -> pl.DataFrame:
    """Pool each contrast of `table` over its studies (`POOLED`); null where that cannot be."""
    pools = [_pool(part) for part in rows.partition_by(KEY, maintain_order=True)]
    return _rounded(pl.DataFrame(pools, schema=POOLED))


def weighted(rows: pl.DataFrame, pools: pl.DataFrame) -> pl.DataFrame:
    """The rows of `table` with the weight of each study in the estimate of `pool` (`STUDIES`).

    That is 1 / (se^2 + tau^2), divided by its sum over studies; tau is 0 of a fixed effect.
    """
    found = rows.join(
        pools.select(*KEY, "tau", _pooled=pl.col("delta").is_not_null()),
        on=KEY, how="left", maintain_order="left",
    )  # fmt: skip
    inverse = 1 / (pl.col("se") ** 2 + pl.col("tau").fill_null(0.0) ** 2)
    shares = found.with_columns(weight=pl.when("_pooled").then(inverse / inverse.sum().over(KEY)))
    return _rounded(shares.select(STUDIES.names()))


def _rounded(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.Float64).round(PLACES))


def _pool(rows: pl.DataFrame) -> dict[str, Any]:
    contrast, split = rows.select(KEY).row(0)
    named = {"contrast": contrast, "split": split, "studies": rows.height}
    without = rows.filter(pl.col("se") <= 0)["study"].to_list()
    if without:
        note = f"not pooled: no problem differs in {', '.join(without)}, so that it has no spread"
        return named | {"note": note}
    found = pooled(rows["delta"].to_list(), rows["se"].to_list())
    values = asdict(found)
    return named | values | {"delta": values["estimate"], "note": "; ".join(_notes(rows, found))}


def _notes(rows: pl.DataFrame, found: Pooled) -> Sequence[str]:
    notes = []
    if found.tau is None:
        notes.append("two studies say nothing about how much studies differ: that is left out")
    if single := rows.filter(pl.col("runs") == 1)["study"].to_list():
        notes.append(f"one training run in {', '.join(single)}: the estimate is of that checkpoint")
    return notes


def overlaps(rows: pl.DataFrame, studies: Mapping[str, FinishedStudy]) -> list[str]:
    """A line for each pair of pooled studies that share problems: their errors go together."""
    pooled_together = [
        (split, *pair)
        for (_, split), part in rows.group_by(KEY, maintain_order=True)
        for pair in combinations(part["study"], 2)
    ]
    lines = []
    for split, first, second in dict.fromkeys(pooled_together):
        a, b = (set(studies[n].problems.filter(split=split)["statement"]) for n in (first, second))
        if both := len(a & b):
            lines.append(
                f"{first} and {second} share {both:,} of {min(len(a), len(b)):,} {split} problems, "
                "so their errors are not independent, and the pooled interval is too short"
            )
    return lines
