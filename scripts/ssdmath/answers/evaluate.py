"""The value of an expression at a point, with mpmath in its working precision."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
from mpmath import mp

from ssdmath.answers.syntax import Expr

LARGEST_WRITTEN = 20_000  # digits or so
_LARGEST_EXPONENT = 10**15

Number = Any  # mpmath.mpf or mpmath.mpc, which carry no types
Point = Mapping[str, Fraction]


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
    if expr.op in ("^", "factorial", "double_factorial", "binomial") and not expr.names():
        sizes = [abs(evaluate(arg, {})) for arg in expr.args]
        power = expr.op == "^"
        if (sizes[1] * mpmath.log(sizes[0] + 2) if power else sizes[0]) > LARGEST_WRITTEN:
            return True
    return any(_heavy(arg) for arg in expr.args)


def evaluate(expr: Expr, point: Point) -> Number:
    """The value at a point in the working precision; UnknownValueError when out of bounds."""
    if expr.value is not None:
        return rational(expr.value)
    if expr.op == "name":
        return _name(expr.name, point)
    args = [evaluate(arg, point) for arg in expr.args]
    found = _apply(expr.op, args)
    if mpmath.isnan(found):
        raise UnknownValueError("undefined")
    return found


def rational(value: Fraction) -> Number:
    """A rational in the working precision."""
    return mpmath.mpf(value.numerator) / value.denominator


def _name(name: str, point: Point) -> Number:
    constants = {"pi": mp.pi, "e": mp.e, "i": mpmath.mpc(0, 1), "oo": mp.inf}
    return +constants[name] if name in constants else rational(point[name])


def _apply(op: str, args: list[Number]) -> Number:
    if op == "+":
        return mpmath.fsum(args)
    if op == "*":
        return mpmath.fprod(args)
    if op in _UNARY and len(args) == 1:
        return _UNARY[op](args[0])
    if op == "^":
        return _power(args[0], args[1])
    if op == "root":
        return _power(args[0], 1 / args[1]) if _natural(args[1]) else _unknown(op)
    if op == "log" and len(args) == 2:
        return mpmath.log(args[0]) / mpmath.log(args[1])
    if op in ("max", "min"):
        return (max if op == "max" else min)(args)
    if op in ("gcd", "lcm"):
        return mpmath.mpf((math.gcd if op == "gcd" else math.lcm)(*(_integer(a) for a in args)))
    if op == "binomial" and abs(_integer(args[1])) < 10**5:
        return mpmath.binomial(args[0], args[1])
    return _unknown(op)


def _unknown(op: str) -> Number:
    raise UnknownValueError(op)


def _power(base: Number, exponent: Number) -> Number:
    if base == 0:
        return mpmath.mpf(0) if mpmath.re(exponent) > 0 else _unknown("0 to a power")
    if abs(exponent) * (1 + abs(mpmath.log(abs(base)))) > _LARGEST_EXPONENT:
        return _unknown("a tower")
    odd_root = not mpmath.im(base) and mpmath.re(base) < 0 and _natural(1 / exponent)
    if odd_root and _integer(1 / exponent) % 2:
        return -mpmath.power(-base, exponent)  # the real root of a negative number
    return mpmath.power(base, exponent)


def _natural(value: Number) -> bool:
    near = not mpmath.im(value) and abs(value) < 10**6
    return bool(near and value > 0 and abs(value - mpmath.nint(value)) < mpmath.mpf(10) ** -40)


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
    return near if abs(value - near) < mpmath.mpf(10) ** -15 else rounding(value)


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
