"""Recurrences; the mistakes add before multiplying or stop one term early."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps


def _linear(count: int, *lines: str) -> Work:
    """`count` steps a -> k a + c, each worked by the given lines."""
    return steps("a k c", *lines * count)


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


FAMILY = Family(
    name="recurrence",
    easy=Level(
        phrasings=(
            "Let $a_1={}$ and $a_{{n+1}}={}a_n+{}$. What is $a_3$?",
            "A sequence has $a_1={}$ and $a_{{n+1}}={}a_n+{}$. Find $a_3$.",
            "A sequence starts at $a_1={}$, with $a_{{n+1}}={}a_n+{}$. What is $a_3$?",
        ),
        space=list(product(range(1, 16), (2, 3), range(1, 13))),
        answer=lambda p: _linear_answer(p, 2),
        right=routes(
            ("First multiply: ", "We get ", "By terms: "),
            *(_linear(2, *RIGHT), _linear(2, *SWAPPED), _linear(2, *RIGHT)),
        ),
        mistake=mistake(_linear(2, *ADD_FIRST)),
    ),
    medium=Level(
        phrasings=(
            "Let $a_1={}$ and $a_{{n+1}}={}a_n+{}$. What is $a_4$?",
            "A sequence has $a_1={}$ and $a_{{n+1}}={}a_n+{}$. Find $a_4$.",
            "A sequence starts at $a_1={}$, with $a_{{n+1}}={}a_n+{}$. What is $a_4$?",
        ),
        space=list(product(range(1, 12), (2, 3), range(1, 12))),
        answer=lambda p: _linear_answer(p, 3),
        right=routes(
            ("First multiply: ", "We get ", "By terms: ", "Let us multiply: "),
            *(_linear(3, *RIGHT), _linear(3, *SWAPPED)) * 2,
        ),
        mistake=mistake(_linear(3, *ADD_FIRST)),
    ),
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
