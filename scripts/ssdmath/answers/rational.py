"""Exact rational value of an expression, without sympy and without floats."""

import hashlib
import math
from fractions import Fraction

from ssdmath.answers.syntax import Expr

LONGEST_KEY = 300  # digits; a longer integer is named by its length and digest
MAX_BITS = 100_000  # a value larger than this is left to the numeric comparison


class NotExactError(ValueError):
    """An expression that is irrational, has variables, or is too large to write out."""


def value(expr: Expr) -> Fraction | None:
    """The rational number an expression stands for, or None when it is not known to be one."""
    try:
        return _value(expr)
    except (NotExactError, ZeroDivisionError):
        return None


def _value(expr: Expr) -> Fraction:
    if expr.value is not None:
        return expr.value
    if expr.op == "name":
        raise NotExactError(expr.name)
    found = _apply(expr.op, [_value(arg) for arg in expr.args])
    return _bounded(found)


def _bounded(found: Fraction) -> Fraction:
    if max(found.numerator.bit_length(), found.denominator.bit_length()) > MAX_BITS:
        raise NotExactError("too large")
    return found


def _apply(op: str, args: list[Fraction]) -> Fraction:  # noqa: C901 - one line an operation
    match op, args:
        case "+", _:
            return sum(args, Fraction(0))
        case "neg", [a]:
            return -a
        case "*", _:
            return math.prod(args, start=Fraction(1))
        case "inverse", [a]:
            return 1 / a
        case "^", [a, b]:
            return _power(a, b)
        case "root", [a, b]:
            return _power(a, 1 / b) if b > 0 else _fail(op)
        case "abs", [a]:
            return abs(a)
        case "floor", [a]:
            return Fraction(math.floor(a))
        case "ceil", [a]:
            return Fraction(math.ceil(a))
        case (("max" | "min"), _):
            return max(args) if op == "max" else min(args)
        case (("gcd" | "lcm"), _):
            return Fraction((math.gcd if op == "gcd" else math.lcm)(*map(_natural, args)))
        case "factorial", [a]:
            return Fraction(math.factorial(_natural(a, 5000)))
        case "double_factorial", [a]:
            return Fraction(math.prod(range(_natural(a, 5000), 0, -2)))
        case "binomial", [a, b]:
            return Fraction(math.comb(_natural(a, 5000), _natural(b, 5000)))
        case _:
            return _fail(op)


def _fail(op: str) -> Fraction:
    raise NotExactError(op)


def _natural(a: Fraction, most: int | None = None) -> int:
    if a.denominator != 1 or a < 0 or (most is not None and a > most):
        raise NotExactError("not a small natural number")
    return a.numerator


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        base = _root(base, exponent.denominator)
    if base == 0 and exponent <= 0:
        raise NotExactError("zero to a power that is not positive")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) != 1 and abs(exponent.numerator) * bits > MAX_BITS:
        raise NotExactError("too large")
    if abs(base) == 1:
        return base if exponent.numerator % 2 else Fraction(1)
    return base**exponent.numerator


def _root(base: Fraction, degree: int) -> Fraction:
    if base < 0 or degree > 64:
        raise NotExactError("root of a negative number")
    return Fraction(_int_root(base.numerator, degree), _int_root(base.denominator, degree))


def _int_root(n: int, degree: int) -> int:
    if n < 2:
        return n
    guess = 1 << -(-n.bit_length() // degree)
    while True:  # Newton's iteration from above, in integers
        better = ((degree - 1) * guess + n // guess ** (degree - 1)) // degree
        if better >= guess:
            break
        guess = better
    if guess**degree != n:
        raise NotExactError("irrational root")
    return guess


def key(found: Fraction) -> str:
    """The canonical text of a rational: `-3/4`, `12`."""
    top, bottom = integer_key(found.numerator), integer_key(found.denominator)
    return top if bottom == "1" else f"{top}/{bottom}"


def integer_key(n: int) -> str:
    """The canonical text of an integer."""
    return ("-" if n < 0 else "") + digits_key(_decimal(abs(n)))


def digits_key(digits: str) -> str:
    """The canonical text of a run of decimal digits without leading zeros."""
    if len(digits) <= LONGEST_KEY:
        return digits
    return (
        f"{digits[:20]}...{len(digits)} digits#{hashlib.sha256(digits.encode()).hexdigest()[:16]}"
    )


def _decimal(n: int) -> str:
    """str(n) for any size: Python refuses more than 4,300 digits at once."""
    parts = []
    while n.bit_length() > 13_000:
        n, low = divmod(n, 10**3900)
        parts.append(str(low).zfill(3900))
    return str(n) + "".join(reversed(parts))
