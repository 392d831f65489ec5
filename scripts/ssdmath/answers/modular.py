"""Huge rational numbers compared by their residues.

Two rationals that are equal have equal residues modulo every prime that divides no denominator.
Numbers too large to write out (100000!, 2^{1000000}) can so be told apart in milliseconds; the
numeric comparison beside this one compares their sizes.
"""

from collections.abc import Callable

from ssdmath.answers import rational
from ssdmath.answers.syntax import Expr
from ssdmath.answers.work import NotExactError

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
        return exact.numerator * pow(exact.denominator, -1, PRIME) % PRIME
    if expr.op not in _RULES:
        raise NotExactError(expr.op)
    return _RULES[expr.op](expr.args)


def _product(args: tuple[Expr, ...]) -> int:
    product = 1
    for arg in args:
        product = product * _residue(arg) % PRIME
    return product


def _binomial(args: tuple[Expr, ...]) -> int:
    n, k = map(_integer, args)
    if not 0 <= k <= n:
        return 0
    return _factorial(n) * pow(_factorial(k) * _factorial(n - k), -1, PRIME) % PRIME


_RULES: dict[str, Callable[[tuple[Expr, ...]], int]] = {
    "+": lambda args: sum(map(_residue, args)) % PRIME,
    "*": _product,
    "neg": lambda args: -_residue(args[0]) % PRIME,
    "inverse": lambda args: pow(_residue(args[0]), -1, PRIME),
    "^": lambda args: pow(_residue(args[0]), _integer(args[1]), PRIME),
    "factorial": lambda args: _factorial(_integer(args[0])),
    "binomial": _binomial,
}


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
