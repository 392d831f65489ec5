"""Remainders of powers; the mistake multiplies the base by the exponent."""

from __future__ import annotations

from fractions import Fraction

from ssdmath.micro.family import Family, Level, Parameters, mistake, routes
from ssdmath.micro.steps import steps
from ssdmath.micro.writer import Writer

MOST_TERMS = 6


def _cycle(base: int, modulus: int) -> list[int]:
    """The remainders of base^1, base^2, ... up to the first repeat."""
    terms = [base % modulus]
    while (following := terms[-1] * base % modulus) not in terms:
        terms.append(following)
    return terms


def _list(writer: Writer, cycle: list[int]) -> list[int]:
    written = []
    for i, term in enumerate(cycle):
        writer.words(" " if i else "")
        written.append(writer.number(term))
    return written


def _position(writer: Writer, exponent: int, period: int) -> int:
    return writer.step(exponent, " mod ", period) or period


def _cycle_first(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
    """List the remainders, then find the position of the exponent among them."""
    base, exponent, modulus = parameters
    cycle = _list(writer, _cycle(base, modulus))
    writer.comma()
    position = _position(writer, exponent, len(cycle))
    writer.comma()
    return (writer.term(cycle, position),)


def _position_first(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
    """Find the position of the exponent first, then list the remainders."""
    base, exponent, modulus = parameters
    position = _position(writer, exponent, len(_cycle(base, modulus)))
    writer.comma()
    cycle = _list(writer, _cycle(base, modulus))
    writer.comma()
    return (writer.term(cycle, position),)


def _multiply(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
    """Reduce the exponent, then multiply by the base step by step."""
    base, exponent, modulus = parameters
    position = _position(writer, exponent, len(_cycle(base, modulus)))
    residue = base % modulus
    for _ in range(min(position, MOST_TERMS) - 1):
        writer.comma()
        product = writer.step(residue, "*", base)
        writer.comma()
        residue = writer.step(product, " mod ", modulus)
    return (residue,)


_base_times_exponent = steps(
    "base exponent modulus", "product = base * exponent", "residue = product mod modulus"
)


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
    """Whether the powers come back to the base itself, so that the cycle repeats from the first."""
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
OPENERS = ("First list: ", "We count: ", "By powers: ")
RIGHT = (_cycle_first, _position_first, _cycle_first)

FAMILY = Family(
    name="modpow",
    easy=Level(
        phrasings=LAST,
        space=_space((10,), 4),
        answer=_answer,
        right=routes(OPENERS, *RIGHT),
        mistake=mistake(_base_times_exponent),
    ),
    medium=Level(
        phrasings=REMAINDER,
        space=_space((5, 7), 4),
        answer=_answer,
        right=routes((*OPENERS, "Let us multiply: "), *RIGHT, _multiply),
        mistake=mistake(_base_times_exponent),
    ),
    hard=Level(
        phrasings=REMAINDER,
        space=_space((9, 11), MOST_TERMS),
        answer=_answer,
        right=routes(
            (*OPENERS, "Let us count: ", "Note the powers: "), *RIGHT, _position_first, _cycle_first
        ),
        mistake=mistake(_base_times_exponent),
    ),
)
