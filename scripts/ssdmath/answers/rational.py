"""Exact rational value of an expression, without sympy and without floats.

The work is bounded before it is done: sizes are estimated before each operation, and one budget
covers all operations of an expression. The bound is in bits and not in seconds, so that a busy
machine does not change a verdict.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce

from ssdmath.answers.syntax import BINDING, Expr
from ssdmath.answers.work import MAX_BITS, Budget, NotExactError

MAX_FACTORIAL = 5000
MAX_TERMS = 2000  # of a sum or product
_HIGHEST_ROOT = 64
_GROWING = frozenset({"factorial", "double_factorial", "binomial", "lcm"})

Point = Mapping[str, Fraction]
_ORIGIN: Point = {}


def value(expr: Expr, point: Point = _ORIGIN) -> Fraction | None:
    """The rational number an expression is at a point; None when it is not known to be one."""
    if expr.value is not None:
        return expr.value
    if not expr.free <= point.keys():
        return None
    if expr.free:
        return _attempt(expr, point)
    if not expr.exact:  # a constant is worked out once, however often it is compared
        object.__setattr__(expr, "exact", (_attempt(expr, _ORIGIN),))
    return expr.exact[0]


def _attempt(expr: Expr, point: Point) -> Fraction | None:
    try:
        return _Evaluator().value(expr, point)
    except (NotExactError, ZeroDivisionError):
        return None


class _Evaluator(Budget):
    def value(self, expr: Expr, point: Point) -> Fraction:
        if expr.value is not None:
            return expr.value
        if expr.op == "name":
            if expr.name not in point:
                raise NotExactError(expr.name)
            return point[expr.name]
        if expr.op in BINDING:
            return self._series(expr, point)
        return self._apply(expr, (self.value(arg, point) for arg in expr.args))

    def _apply(self, expr: Expr, values: Iterator[Fraction]) -> Fraction:
        if expr.op in ("+", "*"):  # step by step, so that the size is checked before each product
            return reduce(self._add if expr.op == "+" else self._multiply, values)
        args = list(values)
        self.spend(*map(_bits, args))
        if expr.op == "^":
            return self._power(*args)
        if expr.op == "root" and args[1] > 0:
            return self._power(args[0], 1 / args[1])
        if expr.op not in _OPERATIONS:
            raise NotExactError(expr.op)
        result = _OPERATIONS[expr.op](args)
        if expr.op in _GROWING:
            self.spend(2 * _bits(result))
        return result

    def _add(self, a: Fraction, b: Fraction) -> Fraction:
        bits = _bits(a) + _bits(b)  # of the cross products
        self.spend(bits if a.denominator > 1 or b.denominator > 1 else max(_bits(a), _bits(b)))
        return a + b

    def _multiply(self, a: Fraction, b: Fraction) -> Fraction:
        self.spend(_bits(a) + _bits(b))
        return a * b

    def _power(self, base: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator != 1:
            self.spend(8 * _bits(base))
            base = _root(base, exponent.denominator)
        if base == 0 and exponent <= 0:
            raise NotExactError("zero to a power that is not positive")
        if abs(base) == 1:
            return base if exponent.numerator % 2 else Fraction(1)
        if base == 0:
            return base
        self.spend(abs(exponent.numerator) * (_bits(base) - (_bits(base) > 2)))
        return base**exponent.numerator

    def _series(self, expr: Expr, point: Point) -> Fraction:
        """A sum or product over the integers from one bound to the other; the empty one is 0, 1."""
        low, high = (self.value(bound, point) for bound in expr.args[:2])
        if low.denominator > 1 or high.denominator > 1 or high - low >= MAX_TERMS:
            raise NotExactError("bounds")
        step, total = (self._add, 0) if expr.op == "sum" else (self._multiply, 1)
        result = Fraction(total)
        for index in range(int(low), int(high) + 1):
            result = step(result, self.value(expr.args[2], {**point, expr.name: Fraction(index)}))
        return result


def _bits(a: Fraction) -> int:
    return max(a.numerator.bit_length(), a.denominator.bit_length())


def natural(a: Fraction, most: int | None = None) -> int:
    """The natural number a value is; NotExactError for any other or one above `most`."""
    if a.denominator != 1 or a < 0 or (most is not None and a > most):
        raise NotExactError("not a small natural number")
    return a.numerator


_OPERATIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "neg": lambda a: -a[0],
    "inverse": lambda a: 1 / a[0],
    "abs": lambda a: abs(a[0]),
    "floor": lambda a: Fraction(math.floor(a[0])),
    "ceil": lambda a: Fraction(math.ceil(a[0])),
    "max": max,
    "min": min,
    "gcd": lambda a: Fraction(math.gcd(*map(natural, a))),
    "lcm": lambda a: Fraction(_lcm(*map(natural, a))),
    "factorial": lambda a: Fraction(math.factorial(natural(a[0], MAX_FACTORIAL))),
    "double_factorial": lambda a: Fraction(math.prod(range(natural(a[0], MAX_FACTORIAL), 0, -2))),
    "binomial": lambda a: Fraction(math.comb(*(natural(n, MAX_FACTORIAL) for n in a))),
}


def _lcm(*numbers: int) -> int:
    if sum(n.bit_length() for n in numbers) > MAX_BITS:
        raise NotExactError("too large")
    return math.lcm(*numbers)


def _root(base: Fraction, degree: int) -> Fraction:
    if degree > _HIGHEST_ROOT or (base < 0 and degree % 2 == 0):
        raise NotExactError("root of a negative number")
    sign = -1 if base < 0 else 1
    return Fraction(
        sign * _int_root(abs(base.numerator), degree), _int_root(base.denominator, degree)
    )


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
