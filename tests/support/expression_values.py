"""Values of expression trees, computed without the verifier's code.

Values are exact (`Fraction`) wherever rational arithmetic gives them, else complex numbers of 60
digits. Two trees are compared at sample points, natural or real according to the variables' names.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import mpmath
from expression_trees import Node, variables, walk

DIGITS = 60
NATURAL_NAMES = frozenset("nkm")
NATURALS = (1, 2, 3, 5, 7, 12, 18, 26, 31, 40)
REALS = tuple(
    Fraction(*pair)
    for pair in ((7, 3), (-17, 5), (101, 3), (-3, 7), (1, 9), (-29, 2), (13, 4), (58, 11), (-8, 3))
)
LARGEST_EXPONENT = 4000
LARGEST_APPROXIMATE = mpmath.mpf(10) ** 40
Number = Fraction | mpmath.mpc
mpmath.mp.dps = DIGITS


class UndefinedValueError(ValueError):
    """The expression has no value at this point, or none that is small enough to compute."""


def points(names: frozenset[str], *, positive: bool) -> list[dict[str, Fraction]]:
    """Sample points: naturals for n, k and m, rationals of both signs (or positive) for others."""
    reals = [abs(value) for value in REALS] if positive else list(REALS)
    found = []
    for at in range(9 if names else 1):
        point = {}
        for shift, each in enumerate(sorted(names)):
            values = NATURALS if each in NATURAL_NAMES else reals
            point[each] = Fraction(values[(at * (2 * shift + 1) + 3 * shift) % len(values)])
        found.append(point)
    return found


def needs_positive(node: Node) -> bool:
    """Whether a root, logarithm or fractional power of variables wants them positive."""
    for _, inner in walk(node):
        fractional = inner.op == "^" and _is_fraction(inner.args[1])
        real_exponent = inner.op == "^" and variables(inner.args[1]) - NATURAL_NAMES
        if (inner.op in ("root", "ln", "log") or fractional) and variables(inner):
            return True
        if real_exponent and variables(inner.args[0]):
            return True
    return False


def _is_fraction(node: Node) -> bool:
    return any(n.op == "/" or (n.op == "number" and n.value.denominator > 1) for _, n in walk(node))


def evaluate(node: Node, point: Mapping[str, Fraction]) -> Number:
    """The value at a point; UndefinedValueError where there is none."""
    try:
        found = _evaluate(node, point)
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise UndefinedValueError(str(error)) from error
    if not isinstance(found, Fraction):
        found = mpmath.mpc(found)
        if not (mpmath.isfinite(found.real) and mpmath.isfinite(found.imag)):
            raise UndefinedValueError("not finite")
        if abs(found) > LARGEST_APPROXIMATE:
            raise UndefinedValueError("too large, or a pole met only to within rounding")
    return found


def has_value(node: Node) -> bool:
    """Whether a constant has a value that can be computed; tan(pi/2) has none."""
    try:
        evaluate(node, {})
    except UndefinedValueError:
        return False
    return True


def _evaluate(node: Node, point: Mapping[str, Fraction]) -> Number:
    if node.op == "number":
        return Fraction(node.value)
    if node.op == "name":
        constants = {"pi": mpmath.pi, "e": mpmath.e, "i": mpmath.mpc(0, 1)}
        return constants[node.value] if node.value in constants else point[str(node.value)]
    args = [_evaluate(arg, point) for arg in node.args]
    exact = all(isinstance(arg, Fraction) for arg in args)
    if exact and (found := _exact(node.op, args)) is not None:
        return found
    return _approximate(node.op, [_float(arg) for arg in args])


def _exact(op: str, args: list[Fraction]) -> Fraction | None:
    """The rational value; None where it is irrational or not computed exactly."""
    a, b = args[0], args[-1]
    if op == "^":
        small = b.denominator == 1 and abs(b) <= LARGEST_EXPONENT
        return a ** int(b) if small else None
    if op == "root":
        return _exact_root(a, int(b))
    whole = all(arg.denominator == 1 and arg >= 0 for arg in args)
    if op in ("factorial", "binomial", "gcd", "lcm"):
        if not whole or max(args) > LARGEST_EXPONENT:
            raise UndefinedValueError(f"{op} of a number that is not natural or too large")
        function = {"factorial": math.factorial, "binomial": math.comb}.get(
            op, getattr(math, op, 0)
        )
        return Fraction(function(*map(int, args)))
    simple = {
        "+": sum, "*": math.prod, "neg": lambda v: -v[0], "/": lambda v: v[0] / v[1],
        "floor": lambda v: math.floor(v[0]), "ceil": lambda v: math.ceil(v[0]),
        "abs": lambda v: abs(v[0]), "max": max, "min": min,
    }  # fmt: skip
    return Fraction(simple[op](args)) if op in simple else None


def _exact_root(radicand: Fraction, index: int) -> Fraction | None:
    top, bottom = (_integer_root(part, index) for part in radicand.as_integer_ratio())
    return None if top is None or bottom is None else Fraction(top, bottom)


def _integer_root(value: int, index: int) -> int | None:
    if value < 0:
        return None
    guess = (
        round(value ** (1 / index))
        if value < 10**15
        else int(mpmath.nint(mpmath.root(value, index)))
    )
    return guess if guess**index == value else None


def _float(value: Number) -> mpmath.mpc:
    if isinstance(value, Fraction):
        return mpmath.mpc(mpmath.mpf(value.numerator) / value.denominator)
    return mpmath.mpc(value)


def _approximate(op: str, args: list[mpmath.mpc]) -> Number:
    a, b = args[0], args[-1]
    if op in ("floor", "ceil"):
        return Fraction(int(getattr(mpmath, op)(a.real)))
    if op in ("max", "min", "gcd", "lcm", "factorial", "binomial"):
        if op not in ("max", "min"):
            raise UndefinedValueError(op)
        return {"max": max, "min": min}[op](args, key=lambda v: v.real)
    functions = {
        "+": lambda: mpmath.fsum(args), "*": lambda: mpmath.fprod(args), "neg": lambda: -a,
        "/": lambda: a / b, "^": lambda: a**b, "root": lambda: mpmath.power(a, 1 / b),
        "ln": lambda: mpmath.log(a), "log": lambda: mpmath.log(a) / mpmath.log(b),
        "abs": lambda: abs(a),
    }  # fmt: skip
    return functions[op]() if op in functions else getattr(mpmath, _MPMATH.get(op, op))(a)


_MPMATH = {"arctan": "atan", "arcsin": "asin", "arccos": "acos"}


def compare(a: Node, b: Node) -> bool | None:
    """Whether two trees agree at every sample point; None where too few points tell.

    Approximate values agree to 40 digits or differ by more than one part in 10^20; anything
    between is undecided.
    """
    return _compare(a, b) if hash(a) <= hash(b) else _compare(b, a)


@lru_cache(maxsize=4096)
def _compare(a: Node, b: Node) -> bool | None:
    positive = needs_positive(a) or needs_positive(b)
    agreements = [
        verdict
        for point in points(variables(a) | variables(b), positive=positive)
        if (verdict := _agree(a, b, point)) is not None
    ]
    needed = 4 if variables(a) | variables(b) else 1
    return all(agreements) if len(agreements) >= needed else None


def _agree(a: Node, b: Node, point: Mapping[str, Fraction]) -> bool | None:
    try:
        x, y = evaluate(a, point), evaluate(b, point)
    except UndefinedValueError:
        return None
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y
    difference = abs(_float(x) - _float(y)) / max(1, abs(_float(x)), abs(_float(y)))
    if difference < mpmath.mpf(10) ** -40:
        return True
    return False if difference > mpmath.mpf(10) ** -20 else None
