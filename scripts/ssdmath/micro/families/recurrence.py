"""Recurrences; the mistakes add before multiplying or stop one term early."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen


def _linear(steps: int, *, add_first: bool) -> Work:
    """Step by step a -> k a + c; adding before multiplying is the popular mistake."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        term, factor, shift = parameters
        for i in range(steps):
            pen.say(", " if i else "")
            if add_first:
                partial = pen.step(term, "+", shift)
                pen.say(", ")
                term = pen.step(factor, "*", partial)
            else:
                partial = pen.step(factor, "*", term)
                pen.say(", ")
                term = pen.step(partial, "+", shift)
        return (term,)

    return work


def _swapped(steps: int) -> Work:
    """The same steps with the summands the other way round."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        term, factor, shift = parameters
        for i in range(steps):
            pen.say(", " if i else "")
            partial = pen.step(term, "*", factor)
            pen.say(", ")
            term = pen.step(shift, "+", partial)
        return (term,)

    return work


def _sums(steps: int, *, swap: bool) -> Work:
    """Each term is the sum of the two before; one step too few is the popular mistake."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        before, term = parameters
        for i in range(steps):
            pen.say(", " if i else "")
            total = pen.step(term, "+", before) if swap else pen.step(before, "+", term)
            before, term = term, total
        return (term,)

    return work


def _linear_answer(parameters: Parameters, steps: int) -> Fraction:
    term, factor, shift = parameters
    for _ in range(steps):
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
            ("First multiply: ", _linear(2, add_first=False)),
            ("We get ", _swapped(2)),
            ("By terms: ", _linear(2, add_first=False)),
        ),
        mistake=routes(("Clearly ", _linear(2, add_first=True)))[0],
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
            ("First multiply: ", _linear(3, add_first=False)),
            ("We get ", _swapped(3)),
            ("By terms: ", _linear(3, add_first=False)),
            ("Let us multiply: ", _swapped(3)),
        ),
        mistake=routes(("Clearly ", _linear(3, add_first=True)))[0],
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
            ("First add: ", _sums(4, swap=False)),
            ("We get ", _sums(4, swap=True)),
            ("By terms: ", _sums(4, swap=False)),
            ("Let us add: ", _sums(4, swap=True)),
            ("Note the terms: ", _sums(4, swap=False)),
        ),
        mistake=routes(("Clearly ", _sums(3, swap=False)))[0],
    ),
)
