"""Arithmetic sequences and series; the mistakes are an off-by-one last term or number of terms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen


def _term(*, gaps_short: int, swap: bool) -> Work:
    """The n-th term: a + (n - 1) d; without the -1 it is the popular mistake."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        first, difference, terms = parameters
        return (_last(pen, first, difference, terms, gaps_short=gaps_short, swap=swap),)

    return work


def _last(pen: Pen, a: int, d: int, n: int, *, gaps_short: int, swap: bool) -> int:
    gaps = n
    if gaps_short:
        gaps = pen.step(n, "-", gaps_short)
        pen.say(", ")
    rise = pen.step(d, "*", gaps) if swap else pen.step(gaps, "*", d)
    pen.say(", ")
    return pen.step(rise, "+", a) if swap else pen.step(a, "+", rise)


def _pairs(pen: Pen, first: int, last: int, terms: int, *, swap: bool) -> int:
    """Half of the number of terms times first plus last."""
    pen.say(", ")
    pair = pen.step(last, "+", first) if swap else pen.step(first, "+", last)
    pen.say(", ")
    double = pen.step(pair, "*", terms)
    pen.say(", ")
    return pen.step(double, "/", 2)


def _sum(*, gaps_short: int, swap: bool) -> Work:
    """The sum by first and last term."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        first, difference, terms = parameters
        last = _last(pen, first, difference, terms, gaps_short=gaps_short, swap=swap)
        return (_pairs(pen, first, last, terms, swap=swap),)

    return work


def _counted(*, extra: int, swap: bool) -> Work:
    """The sum of a, ..., l: the number of terms is (l - a) / d + 1; the mistake forgets the +1."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        first, second, last = parameters
        difference = pen.step(second, "-", first)
        pen.say(", ")
        rise = pen.step(last, "-", first)
        pen.say(", ")
        terms = pen.step(rise, "/", difference)
        if extra:
            pen.say(", ")
            terms = pen.step(terms, "+", extra)
        return (_pairs(pen, first, last, terms, swap=swap),)

    return work


def _nth(parameters: Parameters) -> Fraction:
    a, d, n = parameters
    return Fraction(a + (n - 1) * d)


def _sum_of_terms(parameters: Parameters) -> Fraction:
    a, d, n = parameters
    return Fraction(sum(a + i * d for i in range(n)))


def _sum_to_last(parameters: Parameters) -> Fraction:
    a, b, last = parameters
    return Fraction(sum(range(a, last + 1, b - a)))


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
        right=routes(
            ("First count: ", _term(gaps_short=1, swap=False)),
            ("We count: ", _term(gaps_short=1, swap=True)),
            ("By differences: ", _term(gaps_short=1, swap=False)),
        ),
        mistake=routes(("Clearly ", _term(gaps_short=0, swap=False)))[0],
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
        right=routes(
            ("First count: ", _sum(gaps_short=1, swap=False)),
            ("We count: ", _sum(gaps_short=1, swap=True)),
            ("By differences: ", _sum(gaps_short=1, swap=False)),
            ("Let us count: ", _sum(gaps_short=1, swap=True)),
        ),
        mistake=routes(("Clearly ", _sum(gaps_short=0, swap=False)))[0],
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
        right=routes(
            ("First count: ", _counted(extra=1, swap=False)),
            ("We count: ", _counted(extra=1, swap=True)),
            ("By differences: ", _counted(extra=1, swap=False)),
            ("Let us count: ", _counted(extra=1, swap=True)),
            ("Note the difference: ", _counted(extra=1, swap=False)),
        ),
        mistake=routes(("Clearly ", _counted(extra=0, swap=False)))[0],
    ),
)
