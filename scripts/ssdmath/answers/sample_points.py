"""Points at which two expressions are compared: few for smooth ones, many for piecewise ones.

Floors, absolute values and maxima agree with simpler expressions over long ranges, so the points
of a piecewise expression lie on both sides of every constant in it and far beyond them.
"""

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, islice, product

from ssdmath.answers import rational
from ssdmath.answers.rational import Point
from ssdmath.answers.syntax import BINDING, Expr

_COUNTING = frozenset({"factorial", "double_factorial", "binomial", "gcd", "lcm", *BINDING})
_STEPS = frozenset({"floor", "ceil", "gcd", "lcm"})
_PIECEWISE = _STEPS | {"abs", "max", "min", "root"}
_WAVES = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_BOUNDED = frozenset({"arcsin", "arccos", "ln", "log"})  # may be undefined beyond 1
_INTEGER_LETTERS = frozenset("jklmnMNK")
_SMOOTH_POINTS, _NATURAL_POINTS, _PIECEWISE_POINTS = 9, 12, 120
_CONSTANTS = 10  # of an expression whose neighbourhoods are sampled
_LARGEST_CONSTANT = 10**9


def points(*exprs: Expr) -> Iterator[Point]:
    """Where to compare the expressions; one point if they are constant. The first are positive."""
    names = sorted(frozenset().union(*(expr.free for expr in exprs)))
    if not names:
        return iter([{}])
    ops = frozenset().union(*(expr.ops() for expr in exprs))
    natural = naturals(*exprs)
    signed = not ops & _COUNTING and bool(ops & {"abs", "max", "min"})
    base = _base(names, natural)
    if not ops & _PIECEWISE and not any(map(_has_fractional_power, exprs)):
        if natural:
            return islice(base, _NATURAL_POINTS)
        small = _small(names) if ops & _BOUNDED else iter(())
        return chain(islice(base, _SMOOTH_POINTS), small)
    constants = _constants(exprs)
    values = {
        name: _integers(constants, signed=signed) if name in natural else _reals(constants)
        for name in names
    }
    return chain(islice(base, _SMOOTH_POINTS), _mixed(values))


def naturals(*exprs: Expr) -> frozenset[str]:
    """The variables that count something in one of the expressions.

    Such are those of factorials, of bounds of sums, of exponents, and n, k, m, ... under a step or
    a wave: sin(k pi) is 0.
    """
    return frozenset[str]().union(*map(_naturals, exprs))


def key_points(expr: Expr) -> Iterator[Point]:
    """Where an expression is fingerprinted: the same points for all expressions in these names."""
    names = sorted(expr.free)
    if not names:
        return iter([{}])
    natural = frozenset(names if naturals(expr) else ())
    return islice(_base(names, natural), _NATURAL_POINTS if natural else 5)


def _base(names: list[str], natural: frozenset[str]) -> Iterator[Point]:
    """Unrelated values; three positive points, then every pattern of signs in turn."""
    for trial in range(10_000):
        point = {}
        for i, name in enumerate(names):
            sign = -1 if trial >= 3 and (trial - 3 >> i % 3) % 2 == 0 else 1
            size = Fraction(1009 + 331 * trial + 617 * i * (trial + 2), 733 + 101 * i)
            whole = Fraction(3 + trial + (i * (7 + trial)) % 11)
            point[name] = whole if name in natural else sign * size
        yield point


def _small(names: list[str]) -> Iterator[Point]:
    """Unrelated values between -1 and 1, where arcsin x and ln(1 - x^2) are defined."""
    for trial in range(6):
        sign = -1 if trial % 2 else 1
        yield {
            name: sign * Fraction(3 + 2 * trial + (5 * i) % 7, 23 + 2 * i)
            for i, name in enumerate(names)
        }


def _mixed(values: dict[str, list[Fraction]]) -> Iterator[Point]:
    """Every value of a single variable; combinations drawn at random of several."""
    rng = random.Random(0)
    if len(values) == 1:
        ((name, only),) = values.items()
        yield from ({name: value} for value in only)
        return
    for _ in range(_PIECEWISE_POINTS):
        yield {name: rng.choice(choices) for name, choices in values.items()}


def _integers(constants: list[Fraction], *, signed: bool) -> list[Fraction]:
    sizes = {1, 2, 3, 4, 5, 6, 7, 8, 12, 25, 30, 36, 60, 97, 128, 210, 243, 625, 1000, 1001}
    for constant in constants:
        for size in (abs(constant), constant * constant, 2 * abs(constant)):
            sizes |= {int(size) + offset for offset in (-1, 0, 1)}
    sizes = {size for size in sizes if 1 <= size <= _LARGEST_CONSTANT}
    both = sizes | {-size for size in sizes} | {0} if signed else sizes
    return [Fraction(size) for size in sorted(both)][:_PIECEWISE_POINTS]


def _reals(constants: list[Fraction]) -> list[Fraction]:
    offset = Fraction(1, 7)
    values = {Fraction(0), Fraction(1, 3), Fraction(7, 2), Fraction(1), Fraction(5)}
    values |= {Fraction(10**power) + offset for power in (1, 2, 3, 6)}
    for constant in constants:
        values |= {constant - offset, constant, constant + offset, 2 * constant + offset}
        values |= {constant * constant + offset, constant / 2 - offset}
    return sorted(values | {-value for value in values}, key=lambda v: (abs(v), v))[
        :_PIECEWISE_POINTS
    ]


def _constants(exprs: tuple[Expr, ...]) -> list[Fraction]:
    """The values of the constant parts and their quotients, where a piecewise expression turns."""
    values = sorted({value for expr in exprs for value in _parts(expr)})[:_CONSTANTS]
    quotients = {a / b for a, b in product(values, values) if b}
    return sorted({*values, *(q for q in quotients if len(values) < 6)}, key=lambda v: (abs(v), v))


def _parts(expr: Expr) -> Iterator[Fraction]:
    if not expr.free:
        value = rational.value(expr)
        if value is not None and 0 < abs(value) <= _LARGEST_CONSTANT:
            yield abs(value)
    for arg in expr.args:
        yield from _parts(arg)


def _naturals(expr: Expr) -> frozenset[str]:
    found = naturals(*expr.args)
    if expr.op in _COUNTING:
        found = found.union(*(arg.free for arg in expr.args))
    if expr.op == "^" and expr.args[1].free:
        base = expr.args[0]
        letters = expr.args[1].free & _INTEGER_LETTERS
        found |= expr.args[1].free if base.free or _is_negative(base) else letters
    if expr.op in _STEPS | _WAVES:
        found |= expr.free & _INTEGER_LETTERS
    return found


def _is_negative(base: Expr) -> bool:
    value = rational.value(base)
    return value is not None and value < 0


def _has_fractional_power(expr: Expr) -> bool:
    if expr.op == "^" and expr.args[0].free and not expr.args[1].free:
        value = rational.value(expr.args[1])
        if value is None or value.denominator > 1:
            return True
    return any(map(_has_fractional_power, expr.args))
