"""Remainders of powers; the mistake multiplies the base by the exponent."""

from __future__ import annotations

from fractions import Fraction

from ssdmath.micro.family import Family, Level, Parameters, routes
from ssdmath.micro.writer import Pen

MOST_TERMS = 6


def _cycle(base: int, modulus: int) -> list[int]:
    """The remainders of base^1, base^2, ... up to the first repeat."""
    terms = [base % modulus]
    while (following := terms[-1] * base % modulus) not in terms:
        terms.append(following)
    return terms


def _list(pen: Pen, cycle: list[int]) -> list[int]:
    written = []
    for i, term in enumerate(cycle):
        pen.say(" " if i else "")
        written.append(pen.write(term))
    return written


def _place(pen: Pen, exponent: int, period: int) -> int:
    return pen.step(exponent, " mod ", period) or period


def _cycle_first(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """List the remainders, then find the place of the exponent among them."""
    base, exponent, modulus = parameters
    cycle = _list(pen, _cycle(base, modulus))
    pen.say(", ")
    place = _place(pen, exponent, len(cycle))
    pen.say(", ")
    return (pen.pick(cycle, place),)


def _place_first(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """Find the place of the exponent first, then list the remainders."""
    base, exponent, modulus = parameters
    place = _place(pen, exponent, len(_cycle(base, modulus)))
    pen.say(", ")
    cycle = _list(pen, _cycle(base, modulus))
    pen.say(", ")
    return (pen.pick(cycle, place),)


def _multiply(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """Reduce the exponent, then multiply by the base step by step."""
    base, exponent, modulus = parameters
    place = _place(pen, exponent, len(_cycle(base, modulus)))
    residue = base % modulus
    for _ in range(min(place, MOST_TERMS) - 1):
        pen.say(", ")
        product = pen.step(residue, "*", base)
        pen.say(", ")
        residue = pen.step(product, " mod ", modulus)
    return (residue,)


def _times(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The popular mistake: base times exponent."""
    base, exponent, modulus = parameters
    product = pen.step(base, "*", exponent)
    pen.say(", ")
    return (pen.step(product, " mod ", modulus),)


def _space(moduli: tuple[int, ...], most_terms: int) -> list[Parameters]:
    return [
        (base, exponent, modulus)
        for modulus in moduli
        for base in range(2, 10)
        if base % modulus
        and 2 <= len(_cycle(base, modulus)) <= most_terms
        and _returns(base, modulus)
        for exponent in range(7, 60)
    ]


def _returns(base: int, modulus: int) -> bool:
    """Whether the powers come back to the base itself, so that the places repeat from the first."""
    return _cycle(base, modulus)[-1] * base % modulus == base % modulus


def _answer(parameters: Parameters) -> Fraction:
    return Fraction(pow(*parameters))


LAST = (
    "What is the last digit of ${}^{{{}}}$ in base ${}$?",
    "Find the last digit of ${}^{{{}}}$ written in base ${}$.",
    "In what digit does ${}^{{{}}}$ end in base ${}$?",
)
REMAINDER = (
    "Find the remainder when ${}^{{{}}}$ is divided by ${}$.",
    "What is ${}^{{{}}}$ modulo ${}$?",
    "Let $r$ be the remainder when ${}^{{{}}}$ is divided by ${}$. What is $r$?",
)

FAMILY = Family(
    name="modpow",
    easy=Level(
        phrasings=LAST,
        space=_space((10,), 4),
        answer=_answer,
        right=routes(
            ("First list: ", _cycle_first),
            ("We count: ", _place_first),
            ("By powers: ", _cycle_first),
        ),
        mistake=routes(("Clearly ", _times))[0],
    ),
    medium=Level(
        phrasings=REMAINDER,
        space=_space((5, 7), 4),
        answer=_answer,
        right=routes(
            ("First list: ", _cycle_first),
            ("We count: ", _place_first),
            ("By powers: ", _cycle_first),
            ("Let us multiply: ", _multiply),
        ),
        mistake=routes(("Clearly ", _times))[0],
    ),
    hard=Level(
        phrasings=REMAINDER,
        space=_space((9, 11), MOST_TERMS),
        answer=_answer,
        right=routes(
            ("First list: ", _cycle_first),
            ("We count: ", _place_first),
            ("By powers: ", _cycle_first),
            ("Let us count: ", _place_first),
            ("Note the powers: ", _cycle_first),
        ),
        mistake=routes(("Clearly ", _times))[0],
    ),
)
