"""The section on judging: what could not be judged, and where two comparisons disagreed."""

from collections.abc import Sequence

import polars as pl

from ssdmath import tables
from ssdmath.plots import theme
from ssdmath.report import words
from ssdmath.report.blocks import Block, Column, Prose, Section, Table, label, number
from ssdmath.report.material import Material
from ssdmath.report.text import clip

SHOWN = 20  # disputed pairs of answers in the table
_COUNTED = ["problem", "status", "answer", "disagree"]


def verification(material: Material) -> Section:
    """Counts over every verdict of the study, and the most frequent disputed answers."""
    title = "How the draws were judged"
    paths = list(material.inputs.verdicts)
    if not paths:
        return Section("verification", title, [Prose(["The verdicts are not here."])])
    verdicts = _verdicts(paths)
    blocks: list[Block] = [Prose([_counts(verdicts)])]
    disputed = verdicts.filter(pl.col("disagree"))
    if disputed.height:
        blocks.append(_table(disputed, material))
    return Section("verification", title, blocks)


def _verdicts(paths: Sequence[str]) -> pl.DataFrame:
    return pl.concat([tables.read(path, tables.VERDICTS).select(_COUNTED) for path in paths])


def _counts(verdicts: pl.DataFrame) -> str:
    found = dict(verdicts.group_by("status").len().rows())
    said = [
        f"{status} {words.percent(found[status] / verdicts.height)}"
        for status in theme.STATUS
        if status in found
    ]
    disputed = int(verdicts["disagree"].sum())
    return (
        f"{words.count(verdicts.height, 'draw')} were judged: {', '.join(said)}. On "
        f"{words.count(disputed, 'draw')} two ways of comparing the answer with the gold one said "
        "opposite things."
    )


def _table(disputed: pl.DataFrame, material: Material) -> Table:
    golds = material.problems.select("id", gold="answer")
    counted = (
        disputed.join(golds, left_on="problem", right_on="id", how="left")
        .group_by("gold", "answer", "status")
        .len()
        .sort("len", "gold", "answer", "status", descending=[True, False, False, False])
    )
    rows = [
        [*[label(clip(text or "–", 120)) for text in (gold, answer, status)], number(n, f"{n:,}")]
        for gold, answer, status, n in counted.head(SHOWN).iter_rows()
    ]
    heads = [Column(name, numeric=False) for name in ("gold", "answer", "judged")]
    title = f"Answers in dispute, {len(rows)} of {counted.height}"
    source = "verdicts/**/*.parquet"
    return Table("table-disputed", title, [*heads, Column("draws")], rows, source=source)
