"""What every source gives, and what is said when it cannot."""

from typing import NamedTuple


class SourceError(ValueError):
    """A source that cannot be read as configured; one line naming file, column or row."""


class Row(NamedTuple):
    """One problem as its source has it; `row` is where, for messages."""

    statement: str
    answer: str
    difficulty: float | None
    stratum: str
    cluster: str | None
    row: str


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its type where it has none."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
