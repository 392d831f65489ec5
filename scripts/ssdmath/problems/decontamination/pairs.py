"""The table of duplicates: pairs of statements that state one problem, side by side."""

from typing import Any

import polars as pl

from ssdmath.problems.decontamination.index import Match
from ssdmath.problems.normalise import Record

DUPLICATES = pl.Schema(
    {
        "done": pl.String(),  # dropped | clustered: both stay, as one cluster
        "split": pl.String(),  # of the statement that was dropped, or of both
        "id": pl.String(),
        "source": pl.String(),
        "statement": pl.String(),
        "answer": pl.String(),
        "other_split": pl.String(),  # of the statement that stayed
        "other_id": pl.String(),
        "other_source": pl.String(),
        "other_statement": pl.String(),
        "other_answer": pl.String(),
        "similarity": pl.Float64(),  # by the rule's own measure
        "rule": pl.String(),  # exact | answers agree | answers differ
    }
)
_COLUMNS = ("id", "source", "statement", "answer")


def pair(done: str, split: str, record: Record, match: Match) -> dict[str, Any]:
    """One row of the table."""
    other = match.record
    return (
        {"done": done, "split": split}
        | {name: record[name] for name in _COLUMNS}
        | {"other_split": other.get("split", split)}
        | {f"other_{name}": other[name] for name in _COLUMNS}
        | {"similarity": match.similarity, "rule": match.rule}
    )


def table(pairs: list[dict[str, Any]]) -> pl.DataFrame:
    """All pairs, the most similar first."""
    frame = pl.DataFrame(pairs, schema=DUPLICATES)
    return frame.sort("done", "split", "similarity", "id", descending=[True, False, True, False])
