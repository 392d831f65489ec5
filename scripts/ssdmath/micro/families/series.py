"""Arithmetic sequences and series; the mistakes are an off-by-one last term or number of terms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps

LAST = ("gaps = n - 1", "rise = gaps * d", "last = a + rise")
LAST_SWAPPED = ("gaps = n - 1", "rise = d * gaps", "last = rise + a")
LAST_OFF_BY_ONE = ("rise = n * d", "last = a + rise")
SUM = ("pair = a + last", "double = pair * n", "sum = double / 2")
SUM_SWAPPED = ("pair = last + a", "double = pair * n", "sum = double / 2")
COUNT_GAPS = ("d = second - a", "rise = last - a", "n = rise / d")


def _of_terms(*lines: str) -> Work:
    """First term a, difference d and n terms are given."""
    return steps("a d n", *lines)


def _to_last(*lines: str) -> Work:
    """The first two terms and the last one are given."""
    return steps("a second last", *COUNT_GAPS, *lines)


def _nth(parameters: Parameters) -> Fraction:
    a, d, n = parameters
    return Fraction(a + (n - 1) * d)


def _sum_of_terms(parameters: Parameters) -> Fraction:
    a, d, n = parameters
    return Fraction(sum(a + i * d for i in range(n)))


def _sum_to_last(parameters: Parameters) -> Fraction:
    a, b, last = parameters
    return Fraction(sum(range(a, last + 1, b - a)))


OPENERS = (
    "First count: ",
    "We count: ",
    "By differences: ",
    "Let us count: ",
    "Note the difference: ",
)
TERM, TERM_SWAPPED = _of_terms(*LAST), _of_terms(*LAST_SWAPPED)
TOTAL, TOTAL_SWAPPED = _of_terms(*LAST, *SUM), _of_terms(*LAST_SWAPPED, *SUM_SWAPPED)
COUNTED = _to_last("n = n + 1", *SUM)
COUNTED_SWAPPED = _to_last("n = n + 1", *SUM_SWAPPED)

FAMILY = Family(
    name="series",
    easy=Level(
        phrasings=(
            "An arithmetic sequence has first term ${}$ and difference ${}$. Find term ${}$.",
            "Let $a_1={}$ and $a_{{n+1}}=a_n+{}$. What is $a_{}$?",
            "An arithmetic sequence starts at ${}$ and grows by ${}$. What is term ${}$?",
        ),
        space=list(product(range(1, 16), range(2, 9), range(4, 10))),
        answer=_nth,
        right=routes(OPENERS, TERM, TERM_SWAPPED, TERM),
        mistake=mistake(_of_terms(*LAST_OFF_BY_ONE)),
    ),
    medium=Level(
        phrasings=(
            "An arithmetic sequence has first term ${}$ and difference ${}$. "
            "Find the sum of the first ${}$ terms.",
            "Let $a_1={}$ and $a_{{n+1}}=a_n+{}$. What is the sum of the first ${}$ terms?",
            "An arithmetic sequence starts at ${}$ and grows by ${}$. "
            "What is the sum of the first ${}$ terms?",
        ),
        space=list(product(range(1, 12), range(2, 7), range(4, 9))),
        answer=_sum_of_terms,
        right=routes(OPENERS, TOTAL, TOTAL_SWAPPED, TOTAL, TOTAL_SWAPPED),
        mistake=mistake(_of_terms(*LAST_OFF_BY_ONE, *SUM)),
    ),
    hard=Level(
        phrasings=(
            "Find the sum ${}+{}+\\cdots+{}$ of an arithmetic sequence.",
            "What is the sum of the arithmetic sequence ${}, {}, \\cdots, {}$?",
            "An arithmetic sequence is ${}, {}, \\cdots, {}$. Find the sum of the terms.",
        ),
        space=[
            (a, a + d, a + (n - 1) * d)
            for a, d, n in product(range(1, 12), range(2, 7), range(4, 9))
        ],
        answer=_sum_to_last,
        right=routes(OPENERS, COUNTED, COUNTED_SWAPPED, COUNTED, COUNTED_SWAPPED, COUNTED),
        mistake=mistake(_to_last(*SUM)),
    ),
)
