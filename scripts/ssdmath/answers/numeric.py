"""Numeric comparison at high precision with mpmath: the comparison that is ours.

Two expressions are equal when they agree at every sample point: exactly where both are rational
there, else at two precisions, by a test that needs no scale (a true difference stays, cancellation
noise shrinks with the precision). Huge values get the digits that their last unit needs.
"""

import hashlib
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
from mpmath import mp

from ssdmath.answers import digits, modular, rational
from ssdmath.answers.evaluate import TROUBLE, Number, UnknownValueError, evaluate, from_rational
from ssdmath.answers.rational import Point
from ssdmath.answers.sample_points import key_points, naturals, points
from ssdmath.answers.syntax import Expr
from ssdmath.answers.value import Value

LOW, HIGH = 60, 150  # decimal digits
SHOWN = 24  # digits of a canonical key
_MOST_DIGITS = 8000  # before the decimal point of an irrational value
_RISE = 10**20  # of a value with the precision
_ENOUGH = 3  # points at which both sides are defined


def same(gold: Value, answer: Value) -> bool | None:
    """Whether two scalars or relations are equal; None when this comparison cannot tell."""
    if gold.expr is None or answer.expr is None:
        return None
    if gold.kind == "relation":
        return proportional(gold.expr, answer.expr, positive=gold.ends != "=")
    return equal(gold.expr, answer.expr)


def equal(a: Expr, b: Expr) -> bool | None:
    """Whether two expressions are the same function; None when this comparison cannot tell."""
    free = a.free | b.free
    # (-1)^{sqrt n} has a value at every n: only of the other variables are some without one
    counting = free <= naturals(a, b)
    real = not counting and not a.mentions("i") and not b.mentions("i")
    agreed = 0
    for point in points(a, b):
        outcome = _agree(a, b, point, real=real)
        if outcome is False:
            return False
        agreed += outcome is True
    return True if agreed >= (_ENOUGH if free else 1) else None


def _agree(a: Expr, b: Expr, point: Point, *, real: bool) -> bool | None:
    """Whether both sides have one value at a point; None where one of them has none in reach."""
    left, right = rational.value(a, point), rational.value(b, point)
    if left is not None and right is not None:
        return left == right
    try:
        return _agree_numerically(a, b, point, real=real)
    except TROUBLE:
        return None


def _agree_numerically(a: Expr, b: Expr, point: Point, *, real: bool) -> bool | None:
    with mp.workdps(LOW):
        left, right = (evaluate(side, point, real=real) for side in (a, b))
        if _infinite(left) or _infinite(right):
            return bool(left == right)
        scale = max(abs(left), abs(right))
        if abs(left - right) > scale * mpmath.mpf(10) ** -20:
            return _is_noise(a, b, point, abs(left - right), real=real)
        extra = max(0, int(mpmath.log10(scale))) if scale else 0
    if extra > LOW // 3 and not point and (residues := modular.same(a, b)) is not None:
        return residues
    if extra > _MOST_DIGITS:
        return None
    return _gap_vanishes(a, b, point, extra, real=real)


def _is_noise(a: Expr, b: Expr, point: Point, gap: Number, *, real: bool) -> bool:
    """Whether a difference goes away at a higher precision: rounding about the value 0."""
    with mp.workdps(HIGH):
        left, right = (evaluate(side, point, real=real) for side in (a, b))
        return bool(abs(left - right) < gap * mpmath.mpf(10) ** ((LOW - HIGH) // 2))


def _gap_vanishes(a: Expr, b: Expr, point: Point, extra: int, *, real: bool) -> bool:
    gaps = []
    for precision in (LOW + extra, HIGH + extra):
        with mp.workdps(precision):
            left, right = (evaluate(side, point, real=real) for side in (a, b))
            gaps.append((left - right, max(abs(left), abs(right))))
    with mp.workdps(LOW):
        (low, scale_low), (high, scale) = gaps
        if scale > scale_low * _RISE:
            raise UnknownValueError("a pole")  # tan(pi/2): as large as the precision lets it be
        if scale < scale_low * mpmath.mpf(10) ** ((LOW - HIGH) // 2):
            return True  # both sides are 0, and what was compared is rounding
        if high == 0 or abs(high) <= scale * mpmath.mpf(10) ** (-HIGH - extra + 20):
            return True
        return low != 0 and bool(abs(high / low) < mpmath.mpf(10) ** ((LOW - HIGH) // 2))


def _infinite(value: Number) -> bool:
    if mpmath.isnan(value):
        raise UnknownValueError("undefined")
    return bool(mpmath.isinf(value))


def proportional(a: Expr, b: Expr, *, positive: bool) -> bool | None:
    """Whether a = c b with one constant c (positive for inequalities): the same relation."""
    ratios: list[Number] = []
    for point in points(a, b):
        try:
            with mp.workdps(LOW):
                bottom = evaluate(b, point)
                if bottom != 0:
                    ratios.append(evaluate(a, point) / bottom)
        except TROUBLE:
            continue
    with mp.workdps(LOW):
        if len(ratios) < _ENOUGH:
            return None
        first = ratios[0]
        if first == 0 or mpmath.im(first) or (positive and not mpmath.re(first) > 0):
            return False
        tolerance = abs(first) * mpmath.mpf(10) ** (-LOW + 15)
        return all(abs(ratio - first) <= tolerance for ratio in ratios)


def key(expr: Expr) -> str | None:
    """A canonical text: the value, or its fingerprint at the sample points after the names."""
    names = sorted(expr.free)
    try:
        with mp.workdps(LOW):
            shown = [_shown(_settled(expr, point)) for point in key_points(expr)]
    except TROUBLE:
        return None
    return shown[0] if not names else f"f({','.join(names)}) #{digest(shown)}"


def _settled(expr: Expr, point: Point) -> Number:
    """The value at a point; 0 where it is rounding about 0, unknown where it is about a pole."""
    value = evaluate(expr, point)
    if value == 0 or 1 / _RISE < abs(value) < _RISE:
        return value
    with mp.workdps(HIGH):
        better = evaluate(expr, point)
    if abs(better) > abs(value) * _RISE:
        raise UnknownValueError("a pole")
    return mpmath.mpf(0) if abs(better) < abs(value) / _RISE else value


def relation_key(expr: Expr) -> str | None:
    """A canonical text of lhs - rhs up to a factor: the fingerprint of its ratios to the first."""
    try:
        with mp.workdps(LOW):
            values = [evaluate(expr, point) for point in key_points(expr)]
            shown = [_shown(value / values[0]) for value in values]
    except TROUBLE:
        return None
    return f"f({','.join(sorted(expr.free))}) #{digest(shown)}"


def digest(parts: list[str]) -> str:
    """A short name for a list of texts."""
    return hashlib.sha256("; ".join(parts).encode()).hexdigest()[:16]


def _shown(value: Number) -> str:
    real, imaginary = mpmath.re(value), mpmath.im(value)
    if abs(imaginary) <= abs(real) * mpmath.mpf(10) ** -40:
        near = _near_rational(real)
        return digits.key(near) if near is not None else str(mpmath.nstr(real, SHOWN))
    return f"{_shown(real)}+{_shown(imaginary)}i"


def _near_rational(value: Number) -> Fraction | None:
    """The simple fraction this value is to within its precision: log_2 8 is 3."""
    if not mpmath.isfinite(value) or not 1e-6 < abs(value) < 1e12:
        return Fraction(0) if value == 0 else None
    near = Fraction(str(mpmath.nstr(value, LOW))).limit_denominator(10**6)
    return near if abs(value - from_rational(near)) < mpmath.mpf(10) ** -40 else None
