"""The summary of compared studies, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ssdmath.compared.replications import KEY
from ssdmath.tables import markdown

Row = Mapping[str, Any]
_LIMIT = 60  # characters of a setting


def text(
    studies: Sequence[str], rows: pl.DataFrame, pools: pl.DataFrame, differing: pl.DataFrame,
    overlaps: Sequence[str],
) -> str:  # fmt: skip
    """The page; differences in points, with 95 % intervals."""
    by_key = dict(rows.partition_by(KEY, maintain_order=True, as_dict=True))
    parts = [
        "# Studies beside each other",
        f"{', '.join(studies)}: the contrasts that two of them or more declare by the same name. "
        "Differences are in points, with 95 % intervals.",
        *([_listed(overlaps)] if overlaps else []),
    ]
    for number, estimate in enumerate(pools.iter_rows(named=True), start=1):
        own = by_key[estimate["contrast"], estimate["split"]]
        parts += _contrast(number, estimate, own)
    parts += ["## What differed between the configs", _differences(studies, differing)]
    return "\n\n".join(parts) + "\n"


def _contrast(number: int, estimate: Row, rows: pl.DataFrame) -> Iterator[str]:
    yield f"## {estimate['contrast']} ({estimate['split']})"
    yield f"![forest plot](forest-{number}.svg)"
    header = ["study", "points", "problems", "runs", "weight", "verdict", "sides"]
    yield markdown.table(header, [_study(row) for row in rows.iter_rows(named=True)], "lrrrrll")
    yield _pooled(estimate)


def _study(row: Row) -> list[str]:
    weight = "" if row["weight"] is None else f"{row['weight']:.0%}"
    sides = f"{row['a']} against {row['b']}"
    sizes = [str(row["problems"]), str(row["runs"] or "")]
    return [row["study"], markdown.points(row), *sizes, weight, row["verdict"], sides]


def _pooled(row: Row) -> str:
    """The pooled estimate in sentences."""
    note = f" {row['note'][:1].upper()}{row['note'][1:]}." if row["note"] else ""
    if row["delta"] is None:
        return note.strip()
    sentence = (
        f"Pooled over {row['studies']} studies ({row['method']}): **{markdown.points(row)}**, "
        f"p = {row['p']:.2g}. Q = {row['q']:.1f} (p = {row['p_q']:.2g}), I² = {row['i2']:.0%}."
    )
    if row["tau"] is not None:
        ends = f"[{100 * row['next_lo']:.1f}, {100 * row['next_hi']:.1f}]"
        sentence += (
            f" True differences have a standard deviation of {100 * row['tau']:.1f} points over "
            f"studies; that of a further study lies in {ends}, in 95 cases of 100."
        )
    return sentence + note


def _differences(studies: Sequence[str], differing: pl.DataFrame) -> str:
    if not differing.height:
        return "Nothing: they have the same settings."
    values = {(row["key"], row["study"]): row["value"] for row in differing.iter_rows(named=True)}
    rows = [
        [key, *(_clipped(values[key, study]) for study in studies)]
        for key in differing["key"].unique(maintain_order=True)
    ]
    return markdown.table(["setting", *studies], rows, "l" * (len(studies) + 1))


def _clipped(value: str) -> str:
    return value if len(value) <= _LIMIT else f"{value[:_LIMIT]}..."


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
