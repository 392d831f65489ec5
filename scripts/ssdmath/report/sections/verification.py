"""The section on judging: what could not be judged, and where two comparisons disagreed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Prose, Section, Table, label, number
from ssdmath.report.escape import clip
from ssdmath.report.figures import theme
from ssdmath.report.inputs import Material
from ssdmath.report.sections.traces import sides
from ssdmath.tables import parquet, schemas
from ssdmath.verification import audit

SHOWN = 20  # disputed pairs of answers in the table
SLOWEST = 10
_COUNTED = ["problem", "status", "answer", "disagree"]


def verification(material: Material) -> Section:
    """Counts over every verdict of the study, and the most frequent disputed answers."""
    title = "How the draws were judged"
    paths = list(material.inputs.verdicts)
    if not paths:
        return Section("verification", title, [Prose(["The verdicts are not here."])])
    verdicts = _verdicts(paths)
    source = material.sources("verdicts/**/*.parquet", paths)
    blocks: list[Block] = [Prose([_counts(verdicts)])]
    golds = dict(material.problems.select("id", "answer").rows())
    disputed = audit.disagreements(verdicts, golds, limit=SHOWN)
    if disputed.height:
        blocks.append(_disputed(disputed, source))
    missed = _overlooked(material, golds)
    if missed.height:
        blocks.append(_missed(missed))
    return Section("verification", title, [*blocks, *_slowest(material.inputs.slowest)])


def _slowest(paths: Sequence[str]) -> list[Block]:
    """The comparisons that took longest, where the verifying jobs have left their times."""
    found = [(one["seconds"], one["gold"], one["answer"]) for p in paths for one in _timed(p)]
    if not found:
        return []
    rows = [
        [
            number(seconds, f"{1000 * seconds:.0f} ms"),
            label(clip(gold, 80)),
            label(clip(answer, 80)),
        ]
        for seconds, gold, answer in sorted(found, reverse=True)[:SLOWEST]
    ]
    columns = [Column("processor time"), *(Column(n, numeric=False) for n in ("gold", "answer"))]
    note = "Comparisons that exact arithmetic could not decide and a worker process had to."
    source = "logs/verify_*/*.slowest.json"
    return [Table("table-slowest", "Slowest comparisons", columns, rows, note, source)]


def _timed(path: str) -> list[dict[str, Any]]:
    return list(json.loads(Path(path).read_text()))


def _verdicts(paths: Sequence[str]) -> pl.DataFrame:
    return pl.concat([parquet.read(path, schemas.VERDICTS).select(_COUNTED) for path in paths])


def _counts(verdicts: pl.DataFrame) -> str:
    found = dict(verdicts.group_by("status").len().rows())
    said = [
        f"{status} {fmt.percent(found[status] / verdicts.height)}"
        for status in theme.STATUS
        if status in found
    ]
    disputed = int(verdicts["disagree"].sum())
    return (
        f"{fmt.count(verdicts.height, 'draw')} were judged: {', '.join(said)}. On "
        f"{fmt.count(disputed, 'draw')} two ways of comparing the answer with the gold one said "
        "opposite things."
    )


def _disputed(pairs: pl.DataFrame, source: str) -> Table:
    columns = ["gold", "answer", "status"]
    rows = [
        [*[label(clip(text or "–", 120)) for text in texts], number(n, f"{n:,}")]
        for *texts, n in pairs.select(*columns, "draws").iter_rows()
    ]
    heads = [Column(name, numeric=False) for name in columns]
    title = f"Answers in dispute, the {len(rows)} most drawn"
    return Table("table-disputed", title, [*heads, Column("draws")], rows, source=source)


def _overlooked(material: Material, golds: dict[str, str]) -> pl.DataFrame:
    """Draws of the primary contrast that hold the gold answer and were not judged on one."""
    found = sides(material)
    if found is None:
        return pl.DataFrame()
    open_ = pl.concat(found[:2]).filter(~pl.col("status").is_in(["correct", "wrong"]))
    parts = [
        audit.overlooked(cell, cell, golds, limit=SHOWN).with_columns(
            model=pl.lit(str(cell["model"][0]))
        )
        for unjudged in open_.partition_by("model", "decoding", "cell_seed", maintain_order=True)
        for cell in [material.texts(unjudged, pl.col("text").str.tail(audit.TAIL))]
    ]
    return pl.concat(parts).head(SHOWN) if parts else pl.DataFrame()


def _missed(draws: pl.DataFrame) -> Table:
    columns = ["model", "problem", "index", "status", "gold", "tail"]
    rows = [
        [label(clip(str(text), 160)) for text in row] for row in draws.select(columns).iter_rows()
    ]
    heads = [Column(name, numeric=False) for name in columns]
    note = (
        "The number may stand there by chance; these are the draws to look at for a rule too hard."
    )
    title = "Ends with the right number, yet was not judged on an answer"
    return Table("table-overlooked", title, heads, rows, note, _SOURCE)


_SOURCE = "samples and verdicts of the primary contrast"
