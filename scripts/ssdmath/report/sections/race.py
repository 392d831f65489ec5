"""What racing on validation dropped: each cell, its estimate, and when that was."""

from collections.abc import Iterator
from typing import Any

from ssdmath.report.blocks import Block, Prose, Row, Table
from ssdmath.report.columns import count, number, percent, points, words

COLUMNS = (
    words("arm"),
    words("synthesis decoding", lambda row: row.get("train_decoding")),
    number("step", lambda row: row.get("step"), str),
    words("evaluation decoding", "decoding"),
    number("dropped after rung", "rung", str, "the first rung is 0"),
    count("problems"),
    count("draws", help_="of each problem, in each training run"),
    percent("accuracy", "mean", "of a cell that was dropped for being low, so rather too low"),
    points("behind the leader, points", "behind", "on the same problems", plus=False),
    points("standard error, points", "se", "of that difference, over problems", plus=False),
)


def race(chosen: dict[str, Any], source: str) -> Iterator[Block]:
    """The rule of the race and the dropped cells; nothing where there was no race."""
    rule = chosen.get("rule_of_race")
    if rule is None:
        return
    arms: dict[str, Any] = chosen["arms"]
    rows: list[Row] = [
        {"arm": arm} | cell for arm, entry in arms.items() for cell in entry["dropped"]
    ]
    numbers = ", ".join(f"{arm} {len(entry['dropped'])}" for arm, entry in arms.items())
    text = (
        f"The grid was raced: {rule} Dropped: {numbers}. Every other table of validation holds the "
        "cells that reached the last rung, and the correction for the choice counts these only."
    )
    yield Prose([text])
    if rows:
        yield Table("table-race", "Cells that the race dropped", COLUMNS, rows, source=source)
