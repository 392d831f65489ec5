"""The draws behind the primary contrast, and the section that shows one of every kind."""

from collections.abc import Callable
from typing import Any

import polars as pl

from ssdmath.contrasts.declared import Side
from ssdmath.report.blocks import Prose, Section, Traces, without
from ssdmath.report.escape import clip, visible
from ssdmath.report.mathml import parts
from ssdmath.report.results import Results
from ssdmath.tables import statuses

TRACE = 6_000  # characters of a sampled trace that are shown
STATEMENT = 4_000
TITLE = "Sampled completions"
LEAD = (
    "One draw for every status that occurs: the middle one in the order of the problems, not "
    "picked by hand."
)
MISSING = "The samples of the primary contrast are not in this folder."


def sides(results: Results) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]] | None:
    """`Results.draws` of both sides of the primary contrast; None if their files are not there."""
    row = results.primary
    if row is None:
        return None
    tables = []
    for side in ("a", "b"):
        of = Side.parse(row[side])
        cells = [results.draws(model, row["split"], of.decoding) for model in of.models]
        tables.append([cell for cell in cells if cell is not None])
    if not tables[0] or not tables[1]:
        return None
    return pl.concat(tables[0]), pl.concat(tables[1]), row


def traces(results: Results) -> Section:
    """One draw of every status from each side of the primary contrast."""
    drawn = sides(results)
    if drawn is None:
        return without("traces", TITLE, MISSING)
    a, b, _ = drawn
    examples = [
        example for draws in (b, a) for example in one_each(draws, results.problems, results.texts)
    ]
    return Section("traces", TITLE, [Prose([LEAD]), Traces(examples)])


def one_each(
    draws: pl.DataFrame, problems: pl.DataFrame, texts: Callable[[pl.DataFrame], pl.DataFrame]
) -> list[dict[str, Any]]:
    """One draw of every status; arguments as of `viewer.beside`."""
    statements = problems.select("id", "statement", gold="answer")
    joined = draws.join(statements, left_on="problem", right_on="id", how="left")
    ordered = joined.sort("problem", "model", "cell_seed", "index")
    groups = [ordered.filter(pl.col("status") == status) for status in statuses.STATUSES]
    middle = pl.concat([rows[rows.height // 2] for rows in groups if rows.height])
    return [_trace(row) for row in texts(middle).iter_rows(named=True)]


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
