"""Huge rational numbers compared by their residues.

Two rationals that are equal have equal residues modulo every prime that divides no denominator.
Numbers too large to write out (100000!, 2^{1000000}) can so be told apart in milliseconds; the
numeric comparison beside this one compares their sizes.
"""

from fractions import Fraction

from ssdmath.answers import rational
from ssdmath.answers.rational import NotExactError
from ssdmath.answers.syntax import Expr

# The first prime above 2^125 pi: not near a power of 2 or 10, whose residues would be special.
PRIME = 133628573008120843482460046645233847993
_LARGEST_FACTORIAL = 500_000


def same(a: Expr, b: Expr) -> bool | None:
    """False: different for certain; True: equal residues; None: not both rational in reach."""
    try:
        return _residue(a) == _residue(b)
    except (NotExactError, ValueError):  # ValueError: a denominator that the prime divides
        return None


def _residue(expr: Expr) -> int:
    exact = rational.value(expr) if expr.op in ("number", "^", "binomial", "factorial") else None
    if exact is not None:
        return _of(exact)
    match expr.op, expr.args:
        case "+", args:
            return sum(map(_residue, args)) % PRIME
        case "*", args:
            product = 1
            for arg in args:
                product = product * _residue(arg) % PRIME
            return product
        case "neg", (arg,):
            return -_residue(arg) % PRIME
        case "inverse", (arg,):
            return pow(_residue(arg), -1, PRIME)
        case "^", (base, exponent):
            return pow(_residue(base), _integer(exponent), PRIME)
        case "factorial", (arg,):
            return _factorial(_integer(arg))
        case "binomial", (top, bottom):
            n, k = _integer(top), _integer(bottom)
            if not 0 <= k <= n:
                return 0
            return _factorial(n) * pow(_factorial(k) * _factorial(n - k), -1, PRIME) % PRIME
    raise NotExactError(expr.op)


def _of(value: Fraction) -> int:
    return value.numerator * pow(value.denominator, -1, PRIME) % PRIME


def _integer(expr: Expr) -> int:
    value = rational.value(expr)
    if value is None or value.denominator != 1:
        raise NotExactError("not an integer")
    return value.numerator


def _factorial(n: int) -> int:
    if not 0 <= n <= _LARGEST_FACTORIAL:
        raise NotExactError("factorial")
    product = 1
    for factor in range(2, n + 1):
        product = product * factor % PRIME
    return product
