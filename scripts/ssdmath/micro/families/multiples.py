"""Counts by inclusion and exclusion; the mistake forgets the overlap."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen

PAIRS = ((2, 3), (2, 5), (2, 7), (3, 4), (3, 5), (3, 7), (4, 5))


def _not_by_one(*, swap: bool) -> Work:
    """N minus the multiples; `swap` counts whole blocks first."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        top, a = parameters
        if swap:
            rest = pen.step(top, " mod ", a)
            pen.say(", ")
            top_multiple = pen.step(top, "-", rest)
            pen.say(", ")
            count = pen.step(top_multiple, "/", a)
        else:
            count = pen.step(top, "/", a)
        pen.say(", ")
        return (pen.step(top, "-", count),)

    return work


def _multiples_only(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The mistake of the easy level: the multiples themselves are counted."""
    return (pen.step(parameters[0], "/", parameters[1]),)


def _either(pen: Pen, parameters: Parameters, *, swap: bool, overlap: bool) -> int:
    top, a, b = parameters
    a, b = (b, a) if swap else (a, b)
    of_a = pen.step(top, "/", a)
    pen.say(", ")
    of_b = pen.step(top, "/", b)
    pen.say(", ")
    if not overlap:
        return pen.step(of_a, "+", of_b)
    both = pen.step(a, "*", b)
    pen.say(", ")
    of_both = pen.step(top, "/", both)
    pen.say(", ")
    total = pen.step(of_a, "+", of_b)
    pen.say(", ")
    return pen.step(total, "-", of_both)


def _union(*, swap: bool, overlap: bool) -> Work:
    """Multiples of a or b."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        return (_either(pen, parameters, swap=swap, overlap=overlap),)

    return work


def _neither(*, swap: bool, overlap: bool) -> Work:
    """What the multiples of a or b leave over."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        total = _either(pen, parameters, swap=swap, overlap=overlap)
        pen.say(", ")
        return (pen.step(parameters[0], "-", total),)

    return work


def _count_not_by_one(parameters: Parameters) -> Fraction:
    top, a = parameters
    return Fraction(sum(x % a != 0 for x in range(1, top + 1)))


def _count_union(parameters: Parameters) -> Fraction:
    top, a, b = parameters
    return Fraction(sum(x % a == 0 or x % b == 0 for x in range(1, top + 1)))


def _count_neither(parameters: Parameters) -> Fraction:
    return parameters[0] - _count_union(parameters)


def _space() -> list[Parameters]:
    return [(top, a, b) for top, (a, b) in product(range(20, 100), PAIRS)]


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
        right=routes(
            ("First divide: ", _not_by_one(swap=False)),
            ("We count: ", _not_by_one(swap=True)),
            ("By multiples: ", _not_by_one(swap=False)),
        ),
        mistake=routes(("Clearly ", _multiples_only))[0],
    ),
    medium=Level(
        phrasings=(
            "How many integers from 1 to ${}$ are multiples of ${}$ or ${}$?",
            "Find the number of integers from 1 to ${}$ that are divisible by ${}$ or ${}$.",
            "How many of the first ${}$ positive integers are divisible by ${}$ or ${}$?",
        ),
        space=_space(),
        answer=_count_union,
        right=routes(
            ("First divide: ", _union(swap=False, overlap=True)),
            ("We count: ", _union(swap=False, overlap=True)),
            ("By multiples: ", _union(swap=True, overlap=True)),
            ("Let us divide: ", _union(swap=True, overlap=True)),
        ),
        mistake=routes(("Clearly ", _union(swap=False, overlap=False)))[0],
    ),
    hard=Level(
        phrasings=(
            "How many integers from 1 to ${}$ are not multiples of ${}$ or ${}$?",
            "Find the number of integers from 1 to ${}$ that are not divisible by ${}$ or ${}$.",
            "How many of the first ${}$ positive integers are not divisible by ${}$ or ${}$?",
        ),
        space=_space(),
        answer=_count_neither,
        right=routes(
            ("First divide: ", _neither(swap=False, overlap=True)),
            ("We count: ", _neither(swap=False, overlap=True)),
            ("By multiples: ", _neither(swap=True, overlap=True)),
            ("Let us divide: ", _neither(swap=True, overlap=True)),
            ("Note the multiples: ", _neither(swap=False, overlap=True)),
        ),
        mistake=routes(("Clearly ", _neither(swap=False, overlap=False)))[0],
    ),
)
