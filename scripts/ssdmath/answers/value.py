"""A part of an answer, and the cutting of text into parts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ssdmath.answers import parser
from ssdmath.answers.syntax import Expr, ParseError
from ssdmath.answers.units import split_unit, without_prefix

Kind = Literal[
    "scalar",
    "word",
    "tuple",
    "list",
    "set",
    "interval",
    "union",
    "relation",
    "matrix",
    "opaque",
    "ratio",
    "congruence",
    "family",
]
OPENING, CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Value:
    """An answer's structure; `text` is the tidied source of this part."""

    kind: Kind
    text: str
    items: tuple["Value", ...] = ()
    expr: Expr | None = None
    unit: str = ""
    label: str = ""
    # of an interval: "()", "[)", "(]", "[]"; of a relation: its operator; of a matrix: its
    # brackets; of a family: the parameter and where it runs, `k Z`
    ends: str = ""

    @property
    def is_formula(self) -> bool:
        """Whether a scalar or relation holds a variable."""
        return self.expr is not None and bool(self.expr.free)


Structure = Callable[[str], Value]  # `interpret.structure`, handed to the readers of its parts


def split(text: str, separators: str) -> list[str]:
    """Split at separators outside every bracket; unbalanced closings count as balanced."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and char in separators:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def closing(text: str, at: int = 0) -> int | None:
    """Where the bracket that opens at `at` closes; None if it does not."""
    depth = 0
    for position in range(at, len(text)):
        depth += (text[position] in OPENING) - (text[position] in CLOSING)
        if depth == 0:
            return position
    return None


def deepest(text: str) -> int:
    """How deeply the brackets of a text are nested."""
    depth = largest = 0
    for char in text:
        depth += (char in OPENING) - (char in CLOSING)
        largest = max(largest, depth)
    return largest


def scalar(text: str) -> Value:
    """A scalar with its unit, a ratio of two as their quotient; else a ratio or opaque."""
    text = without_prefix(text)
    ratio = split(text, ":")
    if len(ratio) > 2:
        return Value("ratio", text, tuple(scalar(part) for part in ratio))
    if len(ratio) == 2:
        text = f"({ratio[0]})/({ratio[1]})"
    body, unit = split_unit(text)
    try:
        return Value("scalar", body, expr=parser.parse(body), unit=unit)
    except ParseError:
        return Value("opaque", text)
