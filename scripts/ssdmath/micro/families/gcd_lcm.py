"""Greatest common divisors, least common multiples; the mistake takes the difference."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, lcm

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps
from ssdmath.micro.writer import Writer

# A slip can send the subtractions astray, so that they would never end.
MAX_STEPS = 6


def _subtract(writer: Writer, a: int, b: int) -> int:
    """Euclid by subtraction: the smaller from the larger until both agree."""
    for i in range(MAX_STEPS):
        big, small = max(a, b), min(a, b)
        if big == small or small <= 0:
            break
        if i:
            writer.comma()
        a, b = small, writer.step(big, "-", small)
    return min(a, b)


def _remainders(writer: Writer, a: int, b: int) -> int:
    """Euclid by remainders: the last one that is not 0."""
    for i in range(MAX_STEPS):
        if i:
            writer.comma()
        a, b = b, writer.step(a, " mod ", b)
        if b == 0:
            break
    return a


def _gcd(euclid: Callable[[Writer, int, int], int], *, swap: bool = False) -> Work:
    def work(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
        a, b = sorted(parameters, reverse=not swap)
        return (euclid(writer, a, b),)

    return work


def _lcm(euclid: Callable[[Writer, int, int], int], *, swap: bool = False) -> Work:
    """Divide one number by the greatest common divisor and multiply by the other."""
    multiply = steps("other divided gcd", "quotient = divided / gcd", "lcm = other * quotient")

    def work(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
        small, big = sorted(parameters)
        common = euclid(writer, big, small)
        writer.comma()
        return multiply(writer, (small, big, common) if swap else (big, small, common))

    return work


def _of_sorted(work: Work) -> Work:
    """Give the smaller number first, in whatever order the problem names them."""
    return lambda writer, parameters: work(writer, tuple(sorted(parameters)))


_difference = _of_sorted(steps("small big", "gcd = big - small"))
_over_difference = _of_sorted(
    steps("small big", "gcd = big - small", "quotient = small / gcd", "lcm = big * quotient")
)


def _space(largest: int, factors: range, *, most_steps: int) -> list[Parameters]:
    pairs = [
        (x, y)
        for y in range(2, largest + 1)
        for x in range(1, y)
        if gcd(x, y) == 1 and _subtractions(x, y) <= most_steps
    ]
    return [p for g in factors for x, y in pairs for p in ((g * x, g * y), (g * y, g * x))]


def _subtractions(x: int, y: int) -> int:
    count = 0
    while x != y:
        x, y = sorted((x, y - x) if y > x else (x - y, y))
        count += 1
    return count


OPENERS = (
    "First subtract: ",
    "We divide: ",
    "By remainders: ",
    "Let us subtract: ",
    "Note the divisor: ",
)
GCD = (_gcd(_subtract), _gcd(_remainders), _gcd(_remainders), _gcd(_subtract, swap=True))

FAMILY = Family(
    name="gcd_lcm",
    easy=Level(
        phrasings=(
            "Find the greatest common divisor of ${}$ and ${}$.",
            "What is $\\gcd({}, {})$?",
            "What is the greatest positive integer that divides both ${}$ and ${}$?",
        ),
        space=_space(7, range(2, 15), most_steps=4),
        answer=lambda p: Fraction(gcd(*p)),
        right=routes(OPENERS, *GCD[:3]),
        mistake=mistake(_difference),
    ),
    medium=Level(
        phrasings=(
            "Let $d$ be the greatest common divisor of ${}$ and ${}$. What is $d$?",
            "What is the greatest $d$ that divides both ${}$ and ${}$?",
            "Find the greatest $d$ such that ${}$ and ${}$ are multiples of $d$.",
        ),
        space=_space(9, range(2, 12), most_steps=5),
        answer=lambda p: Fraction(gcd(*p)),
        right=routes(OPENERS, *GCD),
        mistake=mistake(_difference),
    ),
    hard=Level(
        phrasings=(
            "Find the least common multiple of ${}$ and ${}$.",
            "What is the least positive integer that both ${}$ and ${}$ divide?",
            "Let $m$ be the least common multiple of ${}$ and ${}$. What is $m$?",
        ),
        space=_space(7, range(2, 15), most_steps=4),
        answer=lambda p: Fraction(lcm(*p)),
        right=routes(
            OPENERS,
            _lcm(_subtract),
            _lcm(_remainders),
            _lcm(_remainders, swap=True),
            _lcm(_subtract, swap=True),
            _lcm(_remainders),
        ),
        mistake=mistake(_over_difference),
    ),
)
