"""Counts by inclusion and exclusion; the mistake forgets the overlap."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps

PAIRS = ((2, 3), (2, 5), (2, 7), (3, 4), (3, 5), (3, 7), (4, 5))

_rest = steps("N a", "multiples = N / a", "rest = N - multiples")
_rest_by_blocks = steps(
    "N a", "left = N mod a", "blocks = N - left", "multiples = blocks / a", "rest = N - multiples"
)


def _either(*last: str, swap: bool = False) -> Work:
    """Multiples of a or b, the overlap counted once; `last` are the steps after that."""
    return steps(
        "N b a" if swap else "N a b",
        "of_a = N / a",
        "of_b = N / b",
        "ab = a * b",
        "overlap = N / ab",
        "sum = of_a + of_b",
        "either = sum - overlap",
        *last,
    )


def _either_with_overlap(*last: str) -> Work:
    """The mistake: multiples of both are counted twice."""
    return steps("N a b", "of_a = N / a", "of_b = N / b", "either = of_a + of_b", *last)


def _count_not_by_one(parameters: Parameters) -> Fraction:
    top, a = parameters
    return Fraction(sum(x % a != 0 for x in range(1, top + 1)))


def _count_either(parameters: Parameters) -> Fraction:
    top, a, b = parameters
    return Fraction(sum(x % a == 0 or x % b == 0 for x in range(1, top + 1)))


def _count_neither(parameters: Parameters) -> Fraction:
    return parameters[0] - _count_either(parameters)


SPACE = [(top, a, b) for top, (a, b) in product(range(20, 100), PAIRS)]
OPENERS = (
    "First divide: ",
    "We count: ",
    "By multiples: ",
    "Let us divide: ",
    "Note the multiples: ",
)
EITHER, EITHER_SWAPPED = _either(), _either(swap=True)
NEITHER = _either("neither = N - either")
NEITHER_SWAPPED = _either("neither = N - either", swap=True)

FAMILY = Family(
    name="multiples",
    easy=Level(
        phrasings=(
            "How many integers from 1 to ${}$ are not multiples of ${}$?",
            "Find the number of integers from 1 to ${}$ that are not divisible by ${}$.",
            "How many of the first ${}$ positive integers are not divisible by ${}$?",
        ),
        space=list(product(range(20, 100), range(3, 10))),
        answer=_count_not_by_one,
        right=routes(OPENERS, _rest, _rest_by_blocks, _rest),
        mistake=mistake(steps("N a", "multiples = N / a")),
    ),
    medium=Level(
        phrasings=(
            "How many integers from 1 to ${}$ are multiples of ${}$ or ${}$?",
            "Find the number of integers from 1 to ${}$ that are divisible by ${}$ or ${}$.",
            "How many of the first ${}$ positive integers are divisible by ${}$ or ${}$?",
        ),
        space=SPACE,
        answer=_count_either,
        right=routes(OPENERS, EITHER, EITHER, EITHER_SWAPPED, EITHER_SWAPPED),
        mistake=mistake(_either_with_overlap()),
    ),
    hard=Level(
        phrasings=(
            "How many integers from 1 to ${}$ are not multiples of ${}$ or ${}$?",
            "Find the number of integers from 1 to ${}$ that are not divisible by ${}$ or ${}$.",
            "How many of the first ${}$ positive integers are not divisible by ${}$ or ${}$?",
        ),
        space=SPACE,
        answer=_count_neither,
        right=routes(OPENERS, NEITHER, NEITHER, NEITHER_SWAPPED, NEITHER_SWAPPED, NEITHER),
        mistake=mistake(_either_with_overlap("neither = N - either")),
    ),
)
