"""Sets of real numbers with rational ends: intersections, complements, set-builder notation."""

import re
from fractions import Fraction
from math import inf
from typing import NamedTuple

from ssdmath.answers import rational
from ssdmath.answers.syntax import CONSTANTS, Expr, number
from ssdmath.answers.value import Structure, Value

_FIELD = re.compile(r"\\mathbb\s?\{?\s?R\s?\}?\s?(?P<sign>(?:\^|_)\s?\{?\s?(?:>\s?0|[+-])\s?\}?)?")
_WITHOUT = re.compile(
    r"(?P<whole>.+?)\s?\\setminus(?![A-Za-z])\s?(?P<removed>.+)"
    r"|(?P<field>\\mathbb\s?\{?\s?R\s?\}?)\s?-\s?(?P<points>\\\{.*\\\})"
)
_BUILDER = re.compile(
    r"\\\{\s?[A-Za-z]\s?(?:\\in\s?\\mathbb\s?\{?\s?R\s?\}?\s?)?(?:\||:)\s?(?P<condition>.+)\\\}"
)
_ALL = frozenset({"allrealnumbers", "allreals", "realnumbers", "anyrealnumber", "allreal"})

_NAMED = {"Z": "integers", "N": "natural numbers", "Q": "rational numbers"}
_NAMED_IN_WORDS = {"allintegers": "integers", "integers": "integers"}


class Piece(NamedTuple):
    """One interval: its ends, and whether each belongs to it."""

    low: Fraction | float
    high: Fraction | float
    left: bool
    right: bool


LINE = [Piece(-inf, inf, False, False)]


def read(text: str, structure: Structure) -> Value | None:
    r"""\mathbb{R}, \mathbb{R}\setminus\{0\}, \{x \mid x>1\}; None for another text."""
    words = re.sub(r"\\text\s?\{([^{}]*)\}|\s", r"\1", text).replace(" ", "").casefold()
    if words in _ALL:
        return value_of(text, LINE)
    named = re.fullmatch(r"\\mathbb\s?\{?\s?([ZNQ])\s?\}?", text)
    if named or words in _NAMED_IN_WORDS:
        return Value("word", _NAMED[named[1]] if named else _NAMED_IN_WORDS[words])
    field = _FIELD.fullmatch(text)
    if field:
        low, high = (
            (-inf, inf) if not field["sign"] else (-inf, 0) if "-" in field["sign"] else (0, inf)
        )
        return value_of(text, [Piece(low, high, False, False)])
    difference = _WITHOUT.fullmatch(text)
    if difference and text.count("\\setminus") > 1:
        return Value("opaque", text)  # one level for each would recurse without bound
    if difference:
        whole, removed = difference["whole"], difference["removed"]
        return _less(
            text,
            structure(whole or difference["field"]),
            structure(removed or difference["points"]),
        )
    builder = _BUILDER.fullmatch(text)
    if builder is None:
        return None
    condition = structure(builder["condition"].strip())
    return condition if condition.kind in ("interval", "union") else Value("opaque", text)


def _less(text: str, whole: Value, removed: Value) -> Value:
    """One set without another: intervals or rational points without intervals or such points."""
    outside = _outside(removed)
    points = _points(whole) if whole.kind == "set" else None
    if points is not None and outside is not None:
        kept = [intersect([point], outside) for point in points]
        items = zip(whole.items, kept, strict=True)
        return Value("set", text, tuple(item for item, left in items if left))
    pieces = pieces_of(whole)
    if pieces is None or outside is None:
        return Value("opaque", text)
    return value_of(text, intersect(pieces, outside))


def _outside(removed: Value) -> list[Piece] | None:
    """All real numbers but those of a set; None where its ends are not rational or infinite."""
    pieces = _points(removed) if removed.kind == "set" else pieces_of(removed)
    if pieces is None:
        return None
    outside = LINE
    for low, high, left, right in pieces:
        below = Piece(-inf, low, False, not left)
        above = Piece(high, inf, not right, False)
        outside = intersect(outside, [piece for piece in (below, above) if piece.low < piece.high])
    return outside


def _points(value: Value) -> list[Piece] | None:
    """The elements of a set as intervals of length 0; None unless all are rational."""
    points = [rational.value(item.expr) for item in value.items if item.expr is not None]
    known = [Piece(point, point, True, True) for point in points if point is not None]
    return known if len(known) == len(value.items) else None


def without(point: Fraction) -> list[Piece]:
    """All real numbers but one."""
    return [Piece(-inf, point, False, False), Piece(point, inf, False, False)]


def pieces_of(value: Value) -> list[Piece] | None:
    """The intervals a value consists of; None where an end is not rational or infinite."""
    if value.kind == "union":
        parts = [pieces_of(item) for item in value.items]
        known = [piece for part in parts if part is not None for piece in part]
        return known if None not in parts else None
    if value.kind != "interval" and not (value.kind == "tuple" and len(value.items) == 2):
        return None
    low, high = (_end(item) for item in value.items)
    if low is None or high is None:
        return None
    return [Piece(low, high, value.ends[:1] == "[", value.ends[1:] == "]")]


def merged(value: Value) -> list[Piece] | None:
    """The intervals of a value in order, those that touch as one; None where that is not known."""
    pieces = pieces_of(value)
    if pieces is None or any(piece.low > piece.high for piece in pieces):
        return None
    merged_pieces: list[Piece] = []
    for piece in sorted(pieces):
        last = merged_pieces[-1] if merged_pieces else None
        if last and (
            piece.low < last.high or (piece.low == last.high and (piece.left or last.right))
        ):
            high = max(last.high, piece.high)
            right = any(p.right for p in (last, piece) if p.high == high)
            left = any(p.left for p in (last, piece) if p.low == last.low)
            merged_pieces[-1] = Piece(last.low, high, left, right)
        else:
            merged_pieces.append(piece)
    return merged_pieces


def _end(value: Value) -> Fraction | float | None:
    if value.expr is None:
        return None
    sign = infinity(value.expr)
    return sign * inf if sign else rational.value(value.expr)


def infinity(expr: Expr) -> int:
    """1 or -1 for an infinite end of an interval, else 0."""
    if expr.op == "neg":
        return -infinity(expr.args[0])
    return int(expr.op == "name" and expr.name == "oo")


def intersect(a: list[Piece], b: list[Piece]) -> list[Piece]:
    """What belongs to both."""
    common = []
    for x in a:
        for y in b:
            low, high = max(x.low, y.low), min(x.high, y.high)
            left = all(p.left for p in (x, y) if p.low == low)
            right = all(p.right for p in (x, y) if p.high == high)
            if low < high or (low == high and left and right):
                common.append(Piece(low, high, left, right))
    return common


def value_of(text: str, pieces: list[Piece]) -> Value:
    """The intervals as a value of kind `interval`, `union`, or the empty set."""
    items = tuple(
        Value(
            "interval",
            text,
            (_scalar(piece.low), _scalar(piece.high)),
            ends="(["[piece.left] + ")]"[piece.right],
        )
        for piece in sorted(pieces)
    )
    if not items:
        return Value("set", text)
    return items[0] if len(items) == 1 else Value("union", text, items)


def _scalar(end: Fraction | float) -> Value:
    if isinstance(end, Fraction | int):
        return Value("scalar", str(end), expr=number(end))
    infinite = Expr("name", name="oo")
    return Value("scalar", str(end), expr=infinite if end > 0 else Expr("neg", (infinite,)))


def linear(expr: Expr) -> tuple[Fraction, Fraction] | None:
    """Slope and intercept of an expression that is visibly linear in its only variable."""
    if expr.op == "name" and expr.name not in CONSTANTS:
        return Fraction(1), Fraction(0)
    if not expr.free:
        constant = rational.value(expr)
        return None if constant is None else (Fraction(0), constant)
    parts = [part for part in map(linear, expr.args) if part is not None]
    if len(parts) < len(expr.args):
        return None
    if expr.op in ("+", "neg"):
        sign = -1 if expr.op == "neg" else 1
        slopes, intercepts = zip(*parts, strict=True)
        return sign * sum(slopes, Fraction(0)), sign * sum(intercepts, Fraction(0))
    if expr.op == "*" and sum(a != 0 for a, _ in parts) == 1:
        slope, intercept = next(part for part in parts if part[0] != 0)
        for factor in (b for a, b in parts if a == 0):
            slope, intercept = slope * factor, intercept * factor
        return slope, intercept
    return None
