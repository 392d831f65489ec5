"""Equations and inequalities: names of quantities, chains of numbers, intervals, curves."""

import re
from dataclasses import replace
from fractions import Fraction

from ssdmath.answers import intervals, rational
from ssdmath.answers.labels import is_label, names_of
from ssdmath.answers.normalise import tight
from ssdmath.answers.syntax import Expr, difference
from ssdmath.answers.value import CLOSING, OPENING, Structure, Value, scalar

_RELATIONS = re.compile(r"\\(?:le|ge|ne|approx)(?![A-Za-z])|<|>|=")
_FLIPPED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le", "\\ne": "\\ne"}
_CURVES = frozenset("xyzt")  # in these letters an equation is a curve: x+y=12 is not 12
_ANGLE = re.compile(
    r"\\(?:sin|cos|tan|cot)\s?\(?\{?\s?(?:\\angle\s?)?(?:[A-Z]{1,3}|\\[a-z]+)\s?\}?\)?"
)
_CALL = re.compile(r"(?<![A-Za-z\\])([A-Za-z])\s?\(([A-Za-z0-9]{1,6})\)")
_MOST_OPERATORS = 6


def relation(text: str, structure: Structure) -> Value | None:
    """The reading of a text that holds =, < or the like outside brackets; else None."""
    operators = [match for match in _RELATIONS.finditer(text) if _outside(text, match.start())]
    if not operators or len(operators) > _MOST_OPERATORS:
        return None
    cuts = [0, *(at for match in operators for at in match.span()), len(text)]
    sides = [text[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    signs = [match.group() for match in operators]
    if not all(sides):
        return Value("opaque", text)
    if set(signs) <= {"=", "\\approx"}:
        return _equation(text, sides, signs, structure)
    if set(signs) == {"\\ne"}:
        return _unequal(text, sides)
    turned = signs[0] in (">", "\\ge")  # b>a>0 is 0<a<b
    if turned:
        sides, signs = sides[::-1], [_FLIPPED.get(sign, sign) for sign in signs[::-1]]
    interval = _interval_of(text, sides, signs)
    if interval:
        return interval
    if len(signs) == 1:
        return _difference(text, sides[0], sides[1], signs[0])
    if turned:
        rest = (f"{sign}{side}" for sign, side in zip(signs, sides[1:], strict=True))
        text = sides[0] + "".join(rest)
    return Value("opaque", text)


def _outside(text: str, at: int) -> bool:
    before = text[:at]
    return sum(before.count(c) for c in OPENING) <= sum(before.count(c) for c in CLOSING)


def _equation(text: str, sides: list[str], signs: list[str], structure: Structure) -> Value:
    if signs[-1] == "\\approx" and (len(sides) > 2 or not is_label(sides[0])):
        sides, signs = sides[:-1], signs[:-1]  # sqrt(2) \approx 1.414 answers sqrt(2)
        if len(sides) == 1:
            return structure(sides[0])
    if "\\approx" in signs[:-1]:
        return Value("opaque", text)
    values = [scalar(side) for side in sides]
    if _contradictory(values) or (signs[-1] == "\\approx" and values[-1].is_formula):
        return Value("opaque", text)  # 12 = 13 answers neither
    if _is_name(sides[0], values[0]):
        return _labelled(structure(sides[-1]), sides[0])
    if all(value.expr is not None and not value.expr.free for value in values):
        return values[-1]  # 2^{10} = 1024: a chain of numbers ends in the answer
    if len(sides) == 2 and _is_name(sides[1], values[1]) and values[0].kind == "scalar":
        return replace(values[0], label=tight(sides[1]))
    if len(sides) != 2:
        return _quantity(sides[0], structure(sides[-1])) or Value("opaque", text)
    return _two_sides(text, sides[0], sides[1], structure)


def _two_sides(text: str, left: str, right: str, structure: Structure) -> Value:
    """A curve, or an equation whose one side is a quantity and whose other is its value."""
    named = _quantity(left, structure(right)) or _quantity(right, structure(left))
    if named is not None and named.label:
        return named
    plain = _difference(text, left, right, "=")
    if named is None:
        return plain
    return replace(plain, kind="relation", ends="=", items=(named,))


def _is_name(side: str, value: Value) -> bool:
    """Whether a side only names a quantity: f(2) and C do, the binomial C(5, 2) does not."""
    return is_label(side) and (value.expr is None or value.expr.op != "binomial")


def _contradictory(values: list[Value]) -> bool:
    """Whether plain numbers among the sides of an equation differ."""
    plain = [value.expr for value in values if value.expr is not None and not value.unit]
    known = {rational.value(expr) for expr in plain if not expr.free}
    return len(known - {None}) > 1


def _labelled(value: Value, label: str) -> Value:
    """The value under its name; the parts of (x, y) = (1, 2) get their own names.

    (y, x) = (1, 2) is the point (2, 1).
    """
    names = names_of(label.strip())
    if value.kind == "tuple" and len(names) == len(value.items):
        named = [replace(item, label=name) for item, name in zip(value.items, names, strict=True)]
        if _CURVES.issuperset(names):
            named.sort(key=lambda item: item.label)
            label = f"({','.join(sorted(names))})"
        text = f"({','.join(item.text for item in named)})"
        value = replace(value, text=text, items=tuple(named))
    return replace(value, label=tight(label))


def _quantity(side: str, other: Value) -> Value | None:
    r"""The other side, where this one is a quantity in several letters: x^2+y^2 = 25, AB^2 = 25.

    An equation in one letter has to be solved first: \ln x = 5 does not answer 5. The value has a
    label if the letters are those of a sum that problems ask for (m+n = 12).
    """
    if other.kind != "scalar" or other.expr is None or rational.value(other.expr) == 0:
        return None
    if _ANGLE.fullmatch(side) and not other.expr.free:
        return replace(other, label=tight(side))
    side = re.sub(r"\\angle(?![A-Za-z])", "", _CALL.sub(r"\1_{\2}", side))
    expr = scalar(side).expr
    if expr is None or len(expr.free) < 2 or expr.free & other.expr.free:
        return None
    is_sum = expr.op == "+" and all(arg.op == "name" for arg in expr.args)
    if is_sum and not expr.free & _CURVES and not other.expr.free:
        return replace(other, label=tight(side))
    return other


def _unequal(text: str, sides: list[str]) -> Value:
    r"""X \ne 3: all numbers but one."""
    if len(sides) != 2:
        return Value("opaque", text)
    left, right = (scalar(side).expr for side in sides)
    if left is not None and right is not None:
        point = rational.value(right)
        if left.op == "name" and left.free and point is not None:
            return intervals.value_of(text, intervals.without(point))
    return _difference(text, sides[0], sides[1], "\\ne")


def _difference(text: str, left: str, right: str, sign: str) -> Value:
    a, b = scalar(left), scalar(right)
    if a.expr is None or b.expr is None:
        return Value("opaque", text)
    expr = difference(a.expr, b.expr)
    solved = _solved(text, expr, sign) if sign in ("<", "\\le") else None
    return solved or Value("relation", text, expr=expr, ends=sign)


def _interval_of(text: str, sides: list[str], signs: list[str]) -> Value | None:
    r"""X < 2, 0 < x \le 4 or 0 < f(x) < 1 as an interval of the one variable."""
    values = [scalar(side) for side in sides]
    bounds = [i for i, value in enumerate(values) if value.expr and not value.expr.free]
    if len(bounds) != len(values) - 1 or len(values) > 3 or not set(signs) <= {"<", "\\le"}:
        return None
    (at,) = set(range(len(values))) - set(bounds)
    if len(values) == 3 and at != 1:
        return None
    low = values[0] if at > 0 else scalar("-\\infty")
    high = values[-1] if at < len(values) - 1 else scalar("\\infty")
    left = "[" if at > 0 and signs[0] == "\\le" else "("
    right = "]" if at < len(values) - 1 and signs[-1] == "\\le" else ")"
    interval = Value("interval", text, (low, high), ends=left + right)
    if is_label(sides[at]):
        return interval
    middle = values[at].expr
    line = intervals.linear(middle) if middle is not None and len(middle.free) == 1 else None
    return _scaled(text, interval, line) if line and len(values) == 3 else None


def _scaled(text: str, interval: Value, line: tuple[Fraction, Fraction]) -> Value | None:
    """The interval of x where that of slope x + intercept is known: -1 < 2x+1 < 3."""
    slope, intercept = line
    pieces = intervals.pieces_of(interval)
    if pieces is None or slope == 0:
        return None
    ((low, high, left, right),) = pieces
    low, high = (low - intercept) / slope, (high - intercept) / slope
    if slope < 0:
        low, high, left, right = high, low, right, left
    return intervals.value_of(text, [intervals.Piece(low, high, left, right)])


def _solved(text: str, expr: Expr, sign: str) -> Value | None:
    """The interval of a linear inequality in one variable, a x + b < 0."""
    line = intervals.linear(expr) if len(expr.free) == 1 else None
    if line is None or line[0] == 0:
        return None
    ends = "(]" if sign == "\\le" else "()"
    below = Value("interval", text, (scalar("-\\infty"), scalar("0")), ends=ends)
    return _scaled(text, below, line)
