"""math-verify's opinion on two scalars: the comparison that is not ours. Only workers import this.

Its own timeouts are signals that a hung simplification does not always see (math-verify issue 65),
so they are off here: the worker around this module is killed instead.
"""

import logging
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify
from sympy import Expr, Float, N, Rational, im

from ssdmath.answers.math_verify_text import spelled_out
from ssdmath.answers.rational import Point
from ssdmath.answers.sample_points import naturals, points
from ssdmath.answers.syntax import Expr as Tree
from ssdmath.answers.value import Value

_WHOLE = (LatexExtractionConfig(boxed_match_priority=0),)
# of a scalar our parser has split the unit off: the b of `3 ab` is no unit of information
_SCALAR = (
    LatexExtractionConfig(
        boxed_match_priority=0,
        normalization_config=NormalizationConfig(malformed_operators=True, nits=True),
    ),
)
_DIGITS = 50
_POINTS, _MOST_POINTS = 3, 16  # used, and tried where a side may be undefined
_CLEARLY = Rational(1, 10**5)  # `verify` calls decimals equal that agree to six places
_EQUAL = Rational(1, 10**40)
logging.getLogger("math_verify").setLevel(logging.ERROR)  # it warns that its timeouts are off


def same(gold: Value, answer: Value, *, thorough: bool) -> bool | None:
    """Whether math-verify finds two scalars equal; None where it reads nothing or cannot tell.

    A failure to simplify is not a difference: `False` needs what it read to differ in value.
    `thorough` asks in both orders, because `verify` is not symmetric.
    """
    left, right = read(gold.text), read(answer.text)
    if left is None or right is None:
        return None
    gap = _gap(left, right, gold, answer)
    if gap is not None and gap > _CLEARLY:
        return False
    if verify(left, right, timeout_seconds=None):
        return True
    if thorough and verify(right, left, timeout_seconds=None):
        return True
    return None if gap is None else bool(gap <= _EQUAL)


def texts_same(gold: str, answer: str) -> bool | None:
    """Whether math-verify finds two whole answers equal that our parser does not understand."""
    left, right = read(gold, whole=True), read(answer, whole=True)
    if left is None or right is None:
        return None
    return bool(verify(left, right, timeout_seconds=None))


@lru_cache(maxsize=4096)
def read(text: str, *, whole: bool = False) -> object | None:
    """The sympy object math-verify reads out of a boxed text; None for no object or a string.

    `whole`: the answer may end in a unit, which math-verify drops.
    """
    found = parse(
        f"\\boxed{{{spelled_out(text)}}}",
        extraction_config=_WHOLE if whole else _SCALAR,
        parsing_timeout=None,
        fallback_mode="no_fallback",
    )
    return found[0] if found and not isinstance(found[0], str) else None


def _gap(left: object, right: object, gold: Value, answer: Value) -> Rational | None:
    """The largest difference, relative and absolute, over sample points; None without values."""
    if not isinstance(left, Expr) or not isinstance(right, Expr) or not (gold.expr and answer.expr):
        return None
    try:
        gaps = [
            min(abs(a - b), abs(a - b) / scale) if (scale := max(abs(a), abs(b))) else scale
            for a, b in islice(_values(left, right, gold.expr, answer.expr), _POINTS)
        ]
        return max(gaps)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return None


def _values(left: Expr, right: Expr, gold: Tree, answer: Tree) -> Iterator[tuple[Expr, Expr]]:
    """Both values at the sample points; in real variables, where one of them is real."""
    free = gold.free | answer.free
    counting = naturals(gold, answer)
    real = bool(free - counting) and not (gold.mentions("i") or answer.mentions("i"))
    for point in islice(points(gold, answer), _MOST_POINTS):
        pair = _value(left, point), _value(right, point)
        if not real or any(abs(im(value)) <= _EQUAL for value in pair):
            yield pair


def _value(side: Expr, point: Point) -> Expr:
    if any(symbol.name not in point for symbol in side.free_symbols):
        raise ValueError("a variable that our parser reads differently")
    values = {s: Rational(*point[s.name].as_integer_ratio()) for s in side.free_symbols}
    exact = {decimal: Rational(str(decimal)) for decimal in side.atoms(Float)}
    found = N(side.xreplace(exact).subs(values).doit(), _DIGITS)
    if not found.is_number or not found.is_finite:
        raise ValueError("not a finite number")
    return found
