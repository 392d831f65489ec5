"""What a section of the report is made of; the templates say how each kind is shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import polars as pl

from ssdmath.report.figures.figure import Figure

DASH = "–"
Row = Mapping[str, Any]


class Value(NamedTuple):
    """A table cell: what is shown, and what it is sorted by."""

    text: str
    key: float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A table column as data; `ssdmath.report.columns` makes the usual kinds.

    `value` is a key of the row or a function of it: what the column is sorted by; a dash is shown
    where it is None. `text` writes a row's value; `help` is the tooltip of the header.
    """

    name: str
    value: str | Callable[[Row], Any]
    text: Callable[[Row, Any], str]
    numeric: bool
    help: str = ""

    def cell(self, row: Row) -> Value:
        """The column's cell in a row; KeyError if `value` names no key of it."""
        value = row[self.value] if isinstance(self.value, str) else self.value(row)
        return Value(DASH, None) if value is None else Value(self.text(row, value), value)


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with its title, one sentence on its result and one on how to read it."""

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
    """A sortable table: one row of `rows` per line, one column each."""

    id: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row] | pl.DataFrame
    note: str = ""
    source: str = ""
    kind: Literal["table"] = "table"

    @property
    def stacked(self) -> bool:
        """Whether a phone shows each row as a card, so that no verdict is off its screen."""
        return any(column.name == "verdict" for column in self.columns)

    @property
    def cells(self) -> list[list[Value]]:
        """What the table shows, line by line."""
        rows = self.rows.to_dicts() if isinstance(self.rows, pl.DataFrame) else self.rows
        return [[column.cell(row) for column in self.columns] for row in rows]


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
    """Tokens in their context, with what each model expects there."""

    title: str
    cards: Sequence[Mapping[str, Any]]
    note: str = ""
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The problem viewer: filters, and the problems that the page holds as data."""

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
    """A titled part of the report; its id is its anchor and its entry in the navigation."""

    id: str
    title: str
    blocks: Sequence[Block]

    @property
    def lead(self) -> str:
        """What the section says first: all that is seen of it while it is folded."""
        for block in self.blocks:
            if isinstance(block, Plot | Panels | Viewer) and block.reading:
                return block.reading
            if isinstance(block, Prose) and block.sentences:
                return str(block.sentences[0])
        return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Sections that stand together in the navigation; those in `open` are not folded at first."""

    title: str
    sections: Sequence[Section]
    open: Collection[str] = ()


def without(id_: str, title: str, sentence: str) -> Section:
    """A section that has nothing to show, and says why."""
    return Section(id_, title, [Prose([sentence])])
