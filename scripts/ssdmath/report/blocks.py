"""What a section of the report is made of; the templates know how each kind looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from ssdmath.report.figures.figure import Figure


class Value(NamedTuple):
    """A table cell: what is shown, and what it is sorted by."""

    text: str
    key: float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; `help` is shown where the pointer rests on its head."""

    name: str
    help: str = ""
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with its title, its one-sentence reading and how to look at it."""

    id: str
    title: str
    figure: Figure
    reading: str
    how: str = ""
    source: str = ""
    kind: Literal["plot"] = "plot"


@dataclass(frozen=True, slots=True)
class Panels:
    """Small figures side by side that share a title, a reading and their axes."""

    id: str
    title: str
    plots: Sequence[tuple[str, Figure]]
    reading: str
    how: str = ""
    source: str = ""
    kind: Literal["panels"] = "panels"


@dataclass(frozen=True, slots=True)
class Table:
    """A sortable table."""

    id: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    note: str = ""
    source: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, or a list of sentences."""

    sentences: Sequence[str]
    listed: bool = False
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Traces:
    """Sampled completions, shown whole or folded."""

    traces: Sequence[Mapping[str, Any]]
    kind: Literal["traces"] = "traces"


@dataclass(frozen=True, slots=True)
class Cards:
    """Tokens in their context, with what each side expects there."""

    title: str
    cards: Sequence[Mapping[str, Any]]
    note: str = ""
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The problem viewer: filters and the problems the page holds as data."""

    data: Mapping[str, Any]
    filters: Mapping[str, Sequence[str]]
    reading: str
    kind: Literal["viewer"] = "viewer"


@dataclass(frozen=True, slots=True)
class Code:
    """A folded block of preformatted text."""

    title: str
    text: str
    kind: Literal["code"] = "code"


Block = Plot | Panels | Table | Prose | Traces | Cards | Viewer | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the report; its id is its address and its word in the navigation."""

    id: str
    title: str
    blocks: Sequence[Block]


def number(value: float | None, shown: str) -> Value:
    """A numeric table cell, dashed where there is no number."""
    return Value(shown if value is not None else "–", value)


def label(text: object) -> Value:
    """A textual table cell, dashed where there is none."""
    return Value("–" if text is None else str(text), None if text is None else str(text))
