"""Numeric comparison at high precision with mpmath: the comparison that is ours.

Two expressions are equal when they agree at every sample point, at two precisions, by a test that
needs no scale (a true difference stays, cancellation noise shrinks with the precision).
"""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import count, islice

import mpmath  # type: ignore[import-untyped]
from mpmath import mp

from ssdmath.answers.evaluate import TROUBLE, Number, Point, UnknownValueError, evaluate, rational
from ssdmath.answers.rational import key as rational_key
from ssdmath.answers.rational import value as rational_value
from ssdmath.answers.syntax import Expr
from ssdmath.answers.value import Value

LOW, HIGH = 60, 120  # decimal digits
SHOWN = 24  # digits of a canonical key
_DISCRETE = frozenset({"floor", "ceil", "factorial", "double_factorial", "binomial", "gcd", "lcm"})


def same(gold: Value, answer: Value) -> bool | None:
    """Whether two scalars or relations are equal; None when this comparison cannot tell."""
    if gold.expr is None or answer.expr is None:
        return None
    if gold.kind == "relation":
        return _proportional(gold.expr, answer.expr, positive=gold.ends != "=")
    left, right = rational_value(gold.expr), rational_value(answer.expr)
    if left is not None and right is not None:
        return left == right
    try:
        return all(
            _agree(gold.expr, answer.expr, point) for point in points(gold.expr, answer.expr)
        )
    except TROUBLE:
        return None


def points(*exprs: Expr) -> Iterator[Point]:
    """Where to compare: rationals of both signs, naturals for what counts; one if constant."""
    names = sorted(frozenset().union(*(expr.names() for expr in exprs)))
    if not names:
        return iter([{}])
    ops = frozenset().union(*(expr.ops() for expr in exprs))
    discrete = bool(ops & _DISCRETE) or any(_alternates(expr) for expr in exprs)
    return islice(_naturals(names) if discrete else _rationals(names), 12 if discrete else 5)


def _alternates(expr: Expr) -> bool:
    """Whether a variable stands in an exponent, as in (-1)^n."""
    if expr.op == "^" and expr.args[1].names():
        return True
    return any(_alternates(arg) for arg in expr.args)


def _rationals(names: list[str]) -> Iterator[Point]:
    for trial in count():
        sign = 1 if trial < 3 else -1
        yield {
            name: sign * Fraction(1009 + 331 * trial + 617 * i * (trial + 2), 733 + 101 * i)
            for i, name in enumerate(names)
        }


def _naturals(names: list[str]) -> Iterator[Point]:
    for trial in count():
        yield {name: Fraction(3 + trial + (i * (7 + trial)) % 11) for i, name in enumerate(names)}


def _agree(a: Expr, b: Expr, point: Point) -> bool:
    gaps = []
    for digits in (LOW, HIGH):
        with mp.workdps(digits):
            left, right = evaluate(a, point), evaluate(b, point)
            if _infinite(left) or _infinite(right):
                return bool(left == right)
            gaps.append((left - right, max(abs(left), abs(right))))
    with mp.workdps(LOW):
        (low, scale), (high, _) = gaps
        if high == 0 or abs(high) <= scale * mpmath.mpf(10) ** (-LOW + 10):
            return True
        return low != 0 and bool(abs(high / low) < mpmath.mpf(10) ** (-LOW // 2))


def _infinite(value: Number) -> bool:
    if mpmath.isnan(value):
        raise UnknownValueError("undefined")
    return bool(mpmath.isinf(value))


def _proportional(a: Expr, b: Expr, *, positive: bool) -> bool | None:
    """Whether a = c b with one constant c (positive for inequalities): the same relation."""
    try:
        ratios = []
        for point in points(a, b):
            with mp.workdps(LOW):
                bottom = evaluate(b, point)
                if bottom == 0:
                    return None
                ratios.append(evaluate(a, point) / bottom)
        with mp.workdps(LOW):
            first = ratios[0]
            if len(ratios) < 2 or first == 0 or (positive and not mpmath.re(first) > 0):
                return False if len(ratios) > 1 else None
            tolerance = abs(first) * mpmath.mpf(10) ** (-LOW + 15)
            return all(abs(ratio - first) <= tolerance for ratio in ratios)
    except TROUBLE:
        return None


def key(expr: Expr) -> str | None:
    """A canonical text: the value, or its fingerprint at the sample points after the names."""
    names = sorted(expr.names())
    try:
        with mp.workdps(LOW):
            shown = [_shown(evaluate(expr, point)) for point in points(expr)]
    except TROUBLE:
        return None
    return shown[0] if not names else f"f({','.join(names)}) #{digest(shown)}"


def relation_key(expr: Expr) -> str | None:
    """A canonical text of lhs - rhs up to a factor: the fingerprint of its ratios to the first."""
    try:
        with mp.workdps(LOW):
            values = [evaluate(expr, point) for point in points(expr)]
            shown = [_shown(value / values[0]) for value in values]
    except TROUBLE:
        return None
    return f"f({','.join(sorted(expr.names()))}) #{digest(shown)}"


def digest(parts: list[str]) -> str:
    """A short name for a list of texts."""
    return hashlib.sha256("; ".join(parts).encode()).hexdigest()[:16]


def _shown(value: Number) -> str:
    real, imaginary = mpmath.re(value), mpmath.im(value)
    if abs(imaginary) <= abs(real) * mpmath.mpf(10) ** -40:
        near = _near_rational(real)
        return rational_key(near) if near is not None else str(mpmath.nstr(real, SHOWN))
    return f"{_shown(real)}+{_shown(imaginary)}i"


def _near_rational(value: Number) -> Fraction | None:
    """The simple fraction this value is to within its precision: log_2 8 is 3."""
    if not mpmath.isfinite(value) or not 1e-6 < abs(value) < 1e12:
        return Fraction(0) if value == 0 else None
    near = Fraction(str(mpmath.nstr(value, LOW))).limit_denominator(10**6)
    return near if abs(value - rational(near)) < mpmath.mpf(10) ** -40 else None
