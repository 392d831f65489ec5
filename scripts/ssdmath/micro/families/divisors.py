"""Divisors of a product of prime powers; the mistake multiplies the exponents themselves."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import prod

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps
from ssdmath.micro.writer import Writer

PRIMES = (2, 3, 5, 7, 11, 13)


def _factors(parameters: Parameters) -> list[tuple[int, int]]:
    """Parameters are prime, exponent, prime, exponent, ..."""
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def _count_powers(*, named: bool, backwards: bool, multiples: bool) -> Work:
    """Count the powers of each prime that a divisor may have, then multiply the counts.

    `named` states the count of each prime; otherwise one is added to each exponent. `multiples`
    counts only multiples of the first prime, whose power may then not be zero.
    """

    def work(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
        counts: list[int] = []
        factors = list(enumerate(_factors(parameters)))
        for i, (prime, exponent) in reversed(factors) if backwards else factors:
            if counts:
                writer.comma()
            zero = not (multiples and i == 0)
            if named:
                writer.number(prime)
                writer.words(" has ")
                counts.append(writer.number(exponent + zero))
            else:
                counts.append(writer.step(exponent, "+", 1) if zero else writer.number(exponent))
        return (_product(writer, counts),)

    return work


def _product(writer: Writer, numbers: list[int]) -> int:
    total = numbers[0]
    for number in numbers[1:]:
        writer.comma()
        total = writer.step(total, "*", number)
    return total


def _count(parameters: Parameters) -> Fraction:
    return Fraction(prod(e + 1 for _, e in _factors(parameters)))


def _count_multiples(parameters: Parameters) -> Fraction:
    factors = _factors(parameters)
    return Fraction(factors[0][1] * prod(e + 1 for _, e in factors[1:]))


def _space(primes: int, exponents: range) -> list[Parameters]:
    return [
        tuple(x for pair in zip(chosen, powers, strict=True) for x in pair)
        for chosen in combinations(PRIMES, primes)
        for powers in product(exponents, repeat=primes)
    ]


TWO = "${}^{} \\cdot {}^{}$"
THREE = "${}^{} \\cdot {}^{} \\cdot {}^{}$"
OPENERS = (
    "First add 1: ",
    "We choose powers: ",
    "By the last: ",
    "Let us choose: ",
    "Note the first prime: ",
)
RIGHT, RIGHT_MULTIPLES = (
    [
        _count_powers(named=named, backwards=backwards, multiples=multiples)
        for backwards in (False, True)
        for named in (False, True)
    ]
    for multiples in (False, True)
)

FAMILY = Family(
    name="divisors",
    easy=Level(
        phrasings=(
            f"How many positive divisors does {TWO} have?",
            f"Find the number of positive divisors of {TWO}.",
            f"Let $n$ be {TWO}. How many positive integers divide $n$?",
        ),
        space=_space(2, range(1, 7)),
        answer=_count,
        right=routes(OPENERS, *RIGHT[:3]),
        mistake=mistake(steps("p a q b", "ab = a * b")),
    ),
    medium=Level(
        phrasings=(
            f"How many positive divisors does {THREE} have?",
            f"Find the number of positive divisors of {THREE}.",
            f"Let $n$ be {THREE}. How many positive integers divide $n$?",
        ),
        space=_space(3, range(1, 5)),
        answer=_count,
        right=routes(OPENERS, *RIGHT),
        mistake=mistake(steps("p a q b r c", "ab = a * b", "abc = ab * c")),
    ),
    hard=Level(
        phrasings=(
            f"How many positive divisors of {THREE} are multiples of the first prime?",
            f"Find the number of positive divisors of {THREE} that the first prime divides.",
            f"Let $n$ be {THREE}. How many multiples of the first prime divide $n$?",
        ),
        space=_space(3, range(1, 5)),
        answer=_count_multiples,
        right=routes(OPENERS, *RIGHT_MULTIPLES, RIGHT_MULTIPLES[0]),
        mistake=mistake(RIGHT[0]),
    ),
)
