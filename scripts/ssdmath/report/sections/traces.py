"""The draws behind the primary contrast, and the section that shows one of every kind."""

from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Prose, Section, Traces
from ssdmath.report.escape import clip, visible
from ssdmath.report.inputs import Material
from ssdmath.report.mathml import parts

TRACE = 6_000  # characters of a sampled trace that are shown
STATEMENT = 4_000
STATUS_ORDER = [
    "correct",
    "wrong",
    "length_stop",
    "unclosed_think",
    "no_box",
    "parse_fail",
    "timeout",
]


def sides(material: Material) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]] | None:
    """`Material.draws` of both sides of the primary contrast; None if their files are not there."""
    row = material.primary
    if row is None:
        return None
    read = []
    for side in ("a", "b"):
        models, decoding = fmt.side(row[side])
        parts = [material.draws(model, row["split"], decoding) for model in models]
        read.append([part for part in parts if part is not None])
    if not read[0] or not read[1]:
        return None
    return pl.concat(read[0]), pl.concat(read[1]), row


def traces(material: Material) -> Section:
    """One draw of every status from each side of the primary contrast."""
    found = sides(material)
    title = "Traces, as they were sampled"
    if found is None:
        return Section(
            "traces", title, [Prose(["The samples of the primary contrast are not here."])]
        )
    shown = [*_one_each(found[1], material), *_one_each(found[0], material)]
    lead = (
        "One draw for every status that occurs, the middle one in problem order; not a selection."
    )
    return Section("traces", title, [Prose([lead]), Traces(shown)])


def _one_each(draws: pl.DataFrame, material: Material) -> list[dict[str, Any]]:
    statements = material.problems.select("id", "statement", gold="answer")
    joined = draws.join(statements, left_on="problem", right_on="id", how="left")
    ordered = joined.sort("problem", "model", "cell_seed", "index")
    found = [ordered.filter(pl.col("status") == status) for status in STATUS_ORDER]
    middle = pl.concat([rows[rows.height // 2] for rows in found if rows.height])
    return [_trace(row) for row in material.texts(middle).iter_rows(named=True)]


def _trace(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": visible(row["model"]),
        "decoding": row["decoding"],
        "problem": visible(row["problem"]),
        "index": row["index"],
        "status": row["status"],
        "tokens": row["tokens"],
        "answer": clip(row["answer"] or "–", 200),
        "gold": clip(row["gold"] or "–", 200),
        "statement": parts(clip(row["statement"] or "", STATEMENT)),
        "text": clip(row["text"], TRACE),
        "long": len(row["text"]) > 1_200,
    }
