"""Greatest common divisors, least common multiples; the mistake takes the difference."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen

# A slip can send the subtractions astray: nobody goes on for ever.
MAX_STEPS = 6


def _subtract(pen: Pen, a: int, b: int) -> int:
    """Euclid by subtraction: the smaller from the larger until both agree."""
    for i in range(MAX_STEPS):
        big, small = max(a, b), min(a, b)
        if big == small or small <= 0:
            break
        pen.say(", " if i else "")
        a, b = small, pen.step(big, "-", small)
    return min(a, b)


def _remainders(pen: Pen, a: int, b: int) -> int:
    """Euclid by remainders: the last one that is not 0."""
    for i in range(MAX_STEPS):
        pen.say(", " if i else "")
        a, b = b, pen.step(a, " mod ", b)
        if b == 0:
            break
    return a


def _gcd(*, method: str, swap: bool) -> Work:
    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        small, big = sorted(parameters)
        if method == "subtract":
            return (_subtract(pen, *((small, big) if swap else (big, small))),)
        return (_remainders(pen, *((small, big) if swap else (big, small))),)

    return work


def _lcm(*, method: str, swap: bool) -> Work:
    """Divide one number by the greatest common divisor and multiply by the other."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        small, big = sorted(parameters)
        common = (_subtract if method == "subtract" else _remainders)(pen, big, small)
        divided, other = (big, small) if swap else (small, big)
        pen.say(", ")
        quotient = pen.step(divided, "/", common)
        pen.say(", ")
        return (pen.step(other, "*", quotient),)

    return work


def _difference(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The popular mistake for the gcd."""
    small, big = sorted(parameters)
    return (pen.step(big, "-", small),)


def _over_difference(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The popular mistake for the lcm: the difference passes for the greatest common divisor."""
    small, big = sorted(parameters)
    common = pen.step(big, "-", small)
    pen.say(", ")
    quotient = pen.step(small, "/", common)
    pen.say(", ")
    return (pen.step(big, "*", quotient),)


def _space(largest: int, factors: range, *, most_steps: int) -> list[Parameters]:
    pairs = [
        (x, y)
        for y in range(2, largest + 1)
        for x in range(1, y)
        if gcd(x, y) == 1 and _steps(x, y) <= most_steps
    ]
    return [p for g in factors for x, y in pairs for p in ((g * x, g * y), (g * y, g * x))]


def _steps(x: int, y: int) -> int:
    steps = 0
    while x != y:
        x, y = sorted((x, y - x) if y > x else (x - y, y))
        steps += 1
    return steps


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
        right=routes(
            ("First subtract: ", _gcd(method="subtract", swap=False)),
            ("We divide: ", _gcd(method="remainders", swap=False)),
            ("By remainders: ", _gcd(method="remainders", swap=False)),
        ),
        mistake=routes(("Clearly ", _difference))[0],
    ),
    medium=Level(
        phrasings=(
            "Let $d$ be the greatest common divisor of ${}$ and ${}$. What is $d$?",
            "What is the greatest $d$ that divides both ${}$ and ${}$?",
            "Find the greatest $d$ such that ${}$ and ${}$ are multiples of $d$.",
        ),
        space=_space(9, range(2, 12), most_steps=5),
        answer=lambda p: Fraction(gcd(*p)),
        right=routes(
            ("First subtract: ", _gcd(method="subtract", swap=False)),
            ("We divide: ", _gcd(method="remainders", swap=False)),
            ("By remainders: ", _gcd(method="remainders", swap=False)),
            ("Let us subtract: ", _gcd(method="subtract", swap=True)),
        ),
        mistake=routes(("Clearly ", _difference))[0],
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
            ("First subtract: ", _lcm(method="subtract", swap=False)),
            ("We divide: ", _lcm(method="remainders", swap=False)),
            ("By remainders: ", _lcm(method="remainders", swap=True)),
            ("Let us subtract: ", _lcm(method="subtract", swap=True)),
            ("Note the divisor: ", _lcm(method="remainders", swap=False)),
        ),
        mistake=routes(("Clearly ", _over_difference))[0],
    ),
)
