"""Divisors of a product of prime powers; the mistake multiplies the exponents themselves."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import prod

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen

PRIMES = (2, 3, 5, 7, 11, 13)


def _factors(parameters: Parameters) -> list[tuple[int, int]]:
    """Parameters are prime, exponent, prime, exponent, ..."""
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def _product(pen: Pen, numbers: list[int]) -> int:
    total = numbers[0]
    for number in numbers[1:]:
        pen.say(", ")
        total = pen.step(total, "*", number)
    return total


def _raised(*, order: int, multiples: bool) -> Work:
    """Add one to each exponent (but not to the first when only multiples of its prime count)."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        choices: list[int] = []
        for i, (_, exponent) in list(enumerate(_factors(parameters)))[::order]:
            if choices:
                pen.say(", ")
            keep = multiples and i == 0
            choices.append(pen.write(exponent) if keep else pen.step(exponent, "+", 1))
        return (_product(pen, choices),)

    return work


def _named(*, order: int, multiples: bool) -> Work:
    """Say of each prime how many powers it may have."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        choices: list[int] = []
        for i, (prime, exponent) in list(enumerate(_factors(parameters)))[::order]:
            if choices:
                pen.say(", ")
            pen.write(prime)
            pen.say(" has ")
            choices.append(pen.write(exponent + (not (multiples and i == 0))))
        return (_product(pen, choices),)

    return work


def _exponents(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The popular mistake: the product of the exponents."""
    exponents = [e for _, e in _factors(parameters)]
    total = pen.step(exponents[0], "*", exponents[1])
    for exponent in exponents[2:]:
        pen.say(", ")
        total = pen.step(total, "*", exponent)
    return (total,)


def _raised_all(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The popular mistake of the hard level: the condition on the divisors is forgotten."""
    return _raised(order=1, multiples=False)(pen, parameters)


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
        right=routes(
            ("First add 1: ", _raised(order=1, multiples=False)),
            ("We choose powers: ", _named(order=1, multiples=False)),
            ("By the last: ", _raised(order=-1, multiples=False)),
        ),
        mistake=routes(("Clearly ", _exponents))[0],
    ),
    medium=Level(
        phrasings=(
            f"How many positive divisors does {THREE} have?",
            f"Find the number of positive divisors of {THREE}.",
            f"Let $n$ be {THREE}. How many positive integers divide $n$?",
        ),
        space=_space(3, range(1, 5)),
        answer=_count,
        right=routes(
            ("First add 1: ", _raised(order=1, multiples=False)),
            ("We choose powers: ", _named(order=1, multiples=False)),
            ("By the last: ", _raised(order=-1, multiples=False)),
            ("Let us choose: ", _named(order=-1, multiples=False)),
        ),
        mistake=routes(("Clearly ", _exponents))[0],
    ),
    hard=Level(
        phrasings=(
            f"How many positive divisors of {THREE} are multiples of the first prime?",
            f"Find the number of positive divisors of {THREE} that the first prime divides.",
            f"Let $n$ be {THREE}. How many multiples of the first prime divide $n$?",
        ),
        space=_space(3, range(1, 5)),
        answer=_count_multiples,
        right=routes(
            ("First add 1: ", _raised(order=1, multiples=True)),
            ("We choose powers: ", _named(order=1, multiples=True)),
            ("By the last: ", _raised(order=-1, multiples=True)),
            ("Let us choose: ", _named(order=-1, multiples=True)),
            ("Note the first prime: ", _raised(order=1, multiples=True)),
        ),
        mistake=routes(("Clearly ", _raised_all))[0],
    ),
)
