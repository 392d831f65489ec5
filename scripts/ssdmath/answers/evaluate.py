"""The value of an expression at a point, with mpmath in its working precision."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
from mpmath import mp

from ssdmath.answers import rational
from ssdmath.answers.rational import Point
from ssdmath.answers.syntax import BINDING, Expr

LARGEST_WRITTEN = 20_000  # digits or so
_LARGEST_EXPONENT = 10**15

Number = Any  # mpmath.mpf or mpmath.mpc, which carry no types


class UnknownValueError(ValueError):
    """A value that cannot be computed: too large, undefined, or not supported."""


TROUBLE = (UnknownValueError, ArithmeticError, ValueError, OverflowError)


def heavy(expr: Expr) -> bool:
    """Whether writing a part of the expression out would take a very large integer."""
    try:
        with mp.workdps(20):
            return _heavy(expr)
    except TROUBLE:
        return True


def _heavy(expr: Expr) -> bool:
    if expr.op in ("^", "factorial", "double_factorial", "binomial") and not expr.free:
        sizes = [abs(evaluate(arg, {})) for arg in expr.args]
        power = expr.op == "^"
        if (sizes[1] * mpmath.log(sizes[0] + 2) if power else sizes[0]) > LARGEST_WRITTEN:
            return True
    return any(_heavy(arg) for arg in expr.args)


def evaluate(expr: Expr, point: Point, *, real: bool = False) -> Number:
    """The value at a point in the working precision; UnknownValueError when out of bounds.

    `real`: roots, logarithms and powers are undefined where they are not real.
    """
    if expr.value is not None:
        return from_rational(expr.value)
    if expr.op == "name":
        return _name(expr.name, point)
    if expr.op in BINDING:
        return _series(expr, point, real)
    if expr.op in ("^", "root"):
        return _checked(_powers(expr, point, real), real)
    args = [evaluate(arg, point, real=real) for arg in expr.args]
    return _checked(_apply(expr.op, args), real)


def _checked(value: Number, real: bool) -> Number:
    if mpmath.isnan(value) or (real and mpmath.im(value)):
        raise UnknownValueError("undefined")
    return value


def _powers(expr: Expr, point: Point, real: bool) -> Number:
    """Powers and roots; an odd root of a negative number is real: (-8)^{2/3} is 4."""
    base, other = (evaluate(arg, point, real=real) for arg in expr.args)
    exact = rational.value(expr.args[1], point)
    if expr.op == "root":
        if exact is None or exact <= 0:
            return _unknown("root")
        exact, other = 1 / exact, 1 / other
    negative = not mpmath.im(base) and mpmath.re(base) < 0
    if negative and exact is not None and exact.denominator % 2 and exact.denominator > 1:
        size = _power(-base, other)
        return -size if exact.numerator % 2 else size
    return _power(base, other)


def _series(expr: Expr, point: Point, real: bool) -> Number:
    low, high = (_integer(evaluate(bound, point)) for bound in expr.args[:2])
    if high - low >= rational.MAX_TERMS:
        return _unknown("too many terms")
    terms = [
        evaluate(expr.args[2], {**point, expr.name: Fraction(index)}, real=real)
        for index in range(low, high + 1)
    ]
    return mpmath.fsum(terms) if expr.op == "sum" else mpmath.fprod(terms)


def from_rational(value: Fraction) -> Number:
    """A rational in the working precision."""
    return mpmath.mpf(value.numerator) / value.denominator


def _name(name: str, point: Point) -> Number:
    constants = {"pi": mp.pi, "e": mp.e, "i": mpmath.mpc(0, 1), "oo": mp.inf}
    return +constants[name] if name in constants else from_rational(point[name])


def _apply(op: str, args: list[Number]) -> Number:
    if op == "+":
        return mpmath.fsum(args)
    if op == "*":
        return mpmath.fprod(args)
    if op in _UNARY and len(args) == 1:
        return _UNARY[op](args[0])
    if op == "log" and len(args) == 2:
        return mpmath.log(args[0]) / mpmath.log(args[1])
    if op in ("max", "min"):
        return (max if op == "max" else min)(args)
    if op in ("gcd", "lcm"):
        return mpmath.mpf((math.gcd if op == "gcd" else math.lcm)(*(_integer(a) for a in args)))
    if op == "binomial" and abs(_integer(args[1])) < 10**6:
        return mpmath.binomial(args[0], args[1])
    return _unknown(op)


def _unknown(op: str) -> Number:
    raise UnknownValueError(op)


def _power(base: Number, exponent: Number) -> Number:
    if base == 0:
        return mpmath.mpf(0) if mpmath.re(exponent) > 0 else _unknown("0 to a power")
    if abs(exponent) * (1 + abs(mpmath.log(abs(base)))) > _LARGEST_EXPONENT:
        return _unknown("a tower")
    return mpmath.power(base, exponent)


def _integer(value: Number) -> int:
    if mpmath.im(value) or abs(value) > 10**30:
        raise UnknownValueError("not an integer")
    near = int(mpmath.nint(mpmath.re(value)))
    if abs(value - near) > mpmath.mpf(10) ** -40:
        raise UnknownValueError("not an integer")
    return near


def _step(value: Number, rounding: Callable[[Number], Number]) -> Number:
    """Floor and ceiling; a value within rounding error of an integer is that integer."""
    if mpmath.im(value) or abs(value) > mpmath.mpf(10) ** 40:
        return _unknown("floor of a number that is too large or not real")
    near = mpmath.nint(value)
    close = mpmath.mpf(10) ** (-mp.dps // 2)
    return near if abs(value - near) < close else rounding(value)


def _factorial(value: Number) -> Number:
    if abs(value) > 10**12 or (mpmath.re(value) < 0 and not mpmath.im(value)):
        return _unknown("factorial")
    return mpmath.factorial(value)


def _double_factorial(value: Number) -> Number:
    return mpmath.fac2(value) if 0 <= _integer(value) < 10**9 else _unknown("double factorial")


_UNARY: dict[str, Callable[[Number], Number]] = {
    "neg": lambda a: -a,
    "inverse": lambda a: 1 / a if a != 0 else _unknown("division by zero"),
    "abs": abs,
    "floor": lambda a: _step(a, mpmath.floor),
    "ceil": lambda a: _step(a, mpmath.ceil),
    "factorial": _factorial,
    "double_factorial": _double_factorial,
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot,
    "sec": mpmath.sec, "csc": mpmath.csc, "arcsin": mpmath.asin, "arccos": mpmath.acos,
    "arctan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "ln": mpmath.log, "log": mpmath.log, "exp": lambda a: _power(mp.e, a),
}  # fmt: skip
