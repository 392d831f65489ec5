"""Equations and inequalities: names of quantities, chains of numbers, intervals, curves."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from ssdmath.answers import rational
from ssdmath.answers.normalise import tight
from ssdmath.answers.syntax import CONSTANTS, Expr, number
from ssdmath.answers.value import CLOSING, OPENING, Value, scalar

Structure = Callable[[str], Value]
_RELATIONS = re.compile(r"\\le(?![A-Za-z])|\\ge(?![A-Za-z])|\\ne(?![A-Za-z])|<|>|=")
_LABEL = re.compile(
    r"(?:\\(?:angle|overline|triangle|mathbb|operatorname|text)\s?)?\{?\s?"
    r"[A-Za-z\\][A-Za-z\\' ]{0,20}(?:_(?:\{[^{}]{1,12}\}|\w))?(?:\^\\circ)?\s?\}?"
    r"(?:[A-Z\s](?:_(?:\{[^{}]{1,12}\}|\w))?){0,4}\s?(?:\([A-Za-z0-9, ]{1,20}\))?",
    re.ASCII,
)
_NAMES = re.compile(r"\(\s?[A-Za-z]\w?(?:\s?,\s?[A-Za-z]\w?){1,5}\s?\)", re.ASCII)
_FLIPPED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}


def is_label(text: str) -> bool:
    r"""Whether a text only names a quantity: x, f(x), \angle ABC, (x, y), S_{10}."""
    return bool(_LABEL.fullmatch(text.strip()) or _NAMES.fullmatch(text.strip()))


def relation(text: str, structure: Structure) -> Value | None:
    """The reading of a text that holds =, < or the like outside brackets; else None."""
    operators = [match for match in _RELATIONS.finditer(text) if _outside(text, match.start())]
    if not operators or len(operators) > 6:
        return None
    cuts = [0, *(at for match in operators for at in match.span()), len(text)]
    sides = [text[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    signs = [match.group() for match in operators]
    if not all(sides):
        return Value("opaque", text)
    if set(signs) == {"="}:
        return _equation(text, sides, structure)
    interval = _interval_of(text, sides, signs)
    if interval:
        return interval
    if len(signs) > 1:
        return Value("opaque", text)
    left, right = (sides[1], sides[0]) if signs[0] in (">", "\\ge") else (sides[0], sides[1])
    sign = _FLIPPED[signs[0]] if signs[0] in (">", "\\ge") else signs[0]
    return _difference(text, left, right, sign)


def _equation(text: str, sides: list[str], structure: Structure) -> Value:
    if is_label(sides[0]):
        return replace(structure(sides[-1]), label=tight(sides[0]))
    values = [scalar(side) for side in sides]
    if all(value.expr is not None and not value.expr.names() for value in values):
        return values[-1]  # 2^{10} = 1024: a chain of numbers ends in the answer
    if len(sides) == 2 and is_label(sides[1]) and values[0].kind == "scalar":
        return replace(values[0], label=tight(sides[1]))
    return _difference(text, sides[0], sides[-1], "=") if len(sides) == 2 else Value("opaque", text)


def _difference(text: str, left: str, right: str, sign: str) -> Value:
    a, b = scalar(left), scalar(right)
    if a.expr is None or b.expr is None:
        return Value("opaque", text)
    expr = Expr("+", (a.expr, Expr("neg", (b.expr,))))
    solved = _solved(text, expr, sign) if sign in ("<", "\\le") else None
    return solved or Value("relation", text, expr=expr, ends=sign)


def _interval_of(text: str, sides: list[str], signs: list[str]) -> Value | None:
    r"""X < 2, 0 < x \le 4 or 4 \ge x > 0 as an interval of the one variable."""
    if signs[0] in (">", "\\ge"):
        sides, signs = sides[::-1], [_FLIPPED.get(sign, sign) for sign in signs[::-1]]
    values = [scalar(side) for side in sides]
    names = [value.expr.names() if value.expr else frozenset({"?"}) for value in values]
    at = [
        i for i, value in enumerate(values) if value.expr and value.expr.op == "name" and names[i]
    ]
    bounds = [i for i in range(len(values)) if not names[i]]
    if len(at) != 1 or len(bounds) != len(values) - 1 or not set(signs) <= {"<", "\\le"}:
        return None
    if len(values) > 3 or (len(values) == 3 and at != [1]):
        return None
    low = values[0] if at[0] > 0 else scalar("-\\infty")
    high = values[-1] if at[0] < len(values) - 1 else scalar("\\infty")
    left = "[" if at[0] > 0 and signs[0] == "\\le" else "("
    right = "]" if at[0] < len(values) - 1 and signs[-1] == "\\le" else ")"
    return Value("interval", text, (low, high), ends=left + right)


def _outside(text: str, at: int) -> bool:
    before = text[:at]
    return sum(before.count(c) for c in OPENING) <= sum(before.count(c) for c in CLOSING)


def _solved(text: str, expr: Expr, sign: str) -> Value | None:
    """The interval of a linear inequality in one variable, a x + b < 0."""
    line = _linear(expr) if len(expr.names()) == 1 else None
    if line is None or line[0] == 0:
        return None
    bound = Value("scalar", text, expr=number(-line[1] / line[0]))
    end = sign == "\\le"
    if line[0] > 0:
        return Value("interval", text, (scalar("-\\infty"), bound), ends="(" + ")]"[end])
    return Value("interval", text, (bound, scalar("\\infty")), ends="(["[end] + ")")


def _linear(expr: Expr) -> tuple[Fraction, Fraction] | None:
    """Slope and intercept of an expression that is visibly linear in its only variable."""
    if expr.op == "name" and expr.name not in CONSTANTS:
        return Fraction(1), Fraction(0)
    if not expr.names():
        constant = rational.value(expr)
        return None if constant is None else (Fraction(0), constant)
    parts = [part for part in map(_linear, expr.args) if part is not None]
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
