"""Draws from boxes; the mistakes compare the wrong parts, or add where one must multiply."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, routes
from ssdmath.micro.writer import Pen


def _boxes(parameters: Parameters, *, swap: bool) -> tuple[Parameters, Parameters]:
    """The two boxes as (red, balls), second first if `swap`."""
    boxes = (parameters[:2], parameters[2:])
    return boxes[::-1] if swap else boxes


def _one(*, swap: bool) -> Work:
    """Red over all."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        red, blue = parameters
        total = pen.step(blue, "+", red) if swap else pen.step(red, "+", blue)
        return (red, total)

    return work


def _odds(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The mistake of the easy level: red over blue."""
    red, blue = parameters
    pen.say("red ")
    r = pen.write(red)
    pen.say(", blue ")
    return (r, pen.write(blue))


def _both(*, swap: bool) -> Work:
    """The product of the two probabilities."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        r, n, s, m = parameters
        top = pen.step(s, "*", r) if swap else pen.step(r, "*", s)
        pen.say(", ")
        return (top, pen.step(m, "*", n) if swap else pen.step(n, "*", m))

    return work


def _mediant(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
    """The mistake of the medium level: numerators and denominators are added."""
    r, n, s, m = parameters
    top = pen.step(r, "+", s)
    pen.say(", ")
    return (top, pen.step(n, "+", m))


def _complement(*, swap: bool) -> Work:
    """All pairs without the pairs that hold no red ball."""

    def work(pen: Pen, parameters: Parameters) -> tuple[int, ...]:
        (r, n), (s, m) = _boxes(parameters, swap=swap)
        blue = pen.step(n, "-", r)
        pen.say(", ")
        other_blue = pen.step(m, "-", s)
        pen.say(", ")
        none = pen.step(blue, "*", other_blue)
        pen.say(", ")
        pairs = pen.step(n, "*", m)
        pen.say(", ")
        return (pen.step(pairs, "-", none), pairs)

    return work


def _at_least(parameters: Parameters) -> Fraction:
    r, n, s, m = parameters
    return 1 - Fraction((n - r) * (m - s), n * m)


def _space(largest: int) -> list[Parameters]:
    box = [(red, balls) for balls in range(3, largest + 1) for red in range(1, balls)]
    return [first + second for first, second in product(box, box)]


BOXES = "A box has ${}$ red balls out of ${}$, another has ${}$ red balls out of ${}$."
DRAWN = (
    "One ball is drawn from a box with ${}$ red out of ${}$, one from a box with ${}$ out of ${}$."
)

FAMILY = Family(
    name="probability",
    easy=Level(
        phrasings=(
            "A box has ${}$ red and ${}$ blue balls. What is the probability to draw a red ball?",
            "One ball is drawn from ${}$ red and ${}$ blue balls. "
            "Find the probability that the ball is red.",
            "What is the probability that a ball drawn from ${}$ red and ${}$ blue balls is red?",
        ),
        space=list(product(range(1, 25), range(1, 25))),
        answer=lambda p: Fraction(p[0], sum(p)),
        right=routes(
            ("First add: ", _one(swap=False)),
            ("We count: ", _one(swap=True)),
            ("By balls: ", _one(swap=False)),
        ),
        mistake=routes(("Clearly ", _odds))[0],
    ),
    medium=Level(
        phrasings=(
            f"{BOXES} One is drawn from each. What is the probability that both are red?",
            f"{BOXES} Find the probability that one ball drawn from each is red.",
            f"{DRAWN} What is the probability that both are red?",
        ),
        space=_space(9),
        answer=lambda p: Fraction(p[0] * p[2], p[1] * p[3]),
        right=routes(
            ("First multiply: ", _both(swap=False)),
            ("We count: ", _both(swap=True)),
            ("By balls: ", _both(swap=False)),
            ("Let us multiply: ", _both(swap=True)),
        ),
        mistake=routes(("Clearly ", _mediant))[0],
    ),
    hard=Level(
        phrasings=(
            f"{BOXES} One is drawn from each. What is the probability that at least one is red?",
            f"{BOXES} Find the probability that of one ball drawn from each at least one is red.",
            f"{DRAWN} What is the probability that at least one is red?",
        ),
        space=_space(9),
        answer=_at_least,
        right=routes(
            ("First count: ", _complement(swap=False)),
            ("We count: ", _complement(swap=True)),
            ("By balls: ", _complement(swap=False)),
            ("Let us count: ", _complement(swap=True)),
            ("Note the blue: ", _complement(swap=False)),
        ),
        mistake=routes(("Clearly ", _both(swap=False)))[0],
    ),
)
