"""Recurrences; the mistakes add before multiplying or stop one term early."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, mistake, routes
from ssdmath.micro.steps import steps

# One step a -> k a + c.
RIGHT = ("part = k * a", "a = part + c")
SWAPPED = ("part = a * k", "a = c + part")
ADD_FIRST = ("part = a + c", "a = k * part")

# Two terms in turn: each is the sum of the two before it.
FIBONACCI = steps("a b", *("a = a + b", "b = b + a") * 2)
FIBONACCI_SWAPPED = steps("a b", *("a = b + a", "b = a + b") * 2)
ONE_STEP_SHORT = steps("a b", "a = a + b", "b = b + a", "a = a + b")


def _linear_answer(parameters: Parameters, count: int) -> Fraction:
    term, factor, shift = parameters
    for _ in range(count):
        term = factor * term + shift
    return Fraction(term)


def _fibonacci_answer(parameters: Parameters) -> Fraction:
    before, term = parameters
    for _ in range(4):
        before, term = term, before + term
    return Fraction(term)


def _linear(count: int, ways: int, space: list[Parameters]) -> Level:
    """The level that asks for the term after `count` steps a -> k a + c, with `ways` routes."""
    right, swapped, add_first = (
        steps("a k c", *lines * count) for lines in (RIGHT, SWAPPED, ADD_FIRST)
    )
    rule, asked = "$a_{{n+1}}={}a_n+{}$", f"$a_{count + 1}$"
    return Level(
        phrasings=(
            f"Let $a_1={{}}$ and {rule}. What is {asked}?",
            f"A sequence has $a_1={{}}$ and {rule}. Find {asked}.",
            f"A sequence starts at $a_1={{}}$, with {rule}. What is {asked}?",
        ),
        space=space,
        answer=lambda p: _linear_answer(p, count),
        right=routes(
            ("First multiply: ", "We get ", "By terms: ", "Let us multiply: ")[:ways],
            *(right, swapped, right, swapped),
        ),
        mistake=mistake(add_first),
    )


FAMILY = Family(
    name="recurrence",
    easy=_linear(2, 3, list(product(range(1, 16), (2, 3), range(1, 13)))),
    medium=_linear(3, 4, list(product(range(1, 12), (2, 3), range(1, 12)))),
    hard=Level(
        phrasings=(
            "Let $a_1={}$, $a_2={}$ and $a_{{n+2}}=a_{{n+1}}+a_n$. What is $a_6$?",
            "A sequence has $a_1={}$, $a_2={}$ and $a_{{n+2}}=a_{{n+1}}+a_n$. Find $a_6$.",
            "A sequence starts at ${}, {}$, with $a_{{n+2}}=a_{{n+1}}+a_n$. What is $a_6$?",
        ),
        space=list(product(range(1, 25), range(1, 25))),
        answer=_fibonacci_answer,
        right=routes(
            ("First add: ", "We get ", "By terms: ", "Let us add: ", "Note the terms: "),
            *(FIBONACCI, FIBONACCI_SWAPPED, FIBONACCI, FIBONACCI_SWAPPED, FIBONACCI),
        ),
        mistake=mistake(ONE_STEP_SHORT),
    ),
)
