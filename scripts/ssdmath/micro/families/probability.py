"""Draws from boxes; the mistakes compare the wrong parts, or add where one must multiply."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from ssdmath.micro.family import Family, Level, Parameters, Work, mistake, routes
from ssdmath.micro.steps import steps
from ssdmath.micro.writer import Writer

# Easy problems name the red and the blue balls of a box; the others red balls r out of n in one
# box and s out of m in another.
ONE = steps("red blue", "all = red + blue", result="red all")
ONE_SWAPPED = steps("red blue", "all = blue + red", result="red all")
BOTH = steps("r n s m", "top = r * s", "bottom = n * m", result="top bottom")
BOTH_SWAPPED = steps("r n s m", "top = s * r", "bottom = m * n", result="top bottom")
MEDIANT = steps("r n s m", "top = r + s", "bottom = n + m", result="top bottom")


def _odds(writer: Writer, parameters: Parameters) -> tuple[int, ...]:
    """The mistake of the easy level: red over blue."""
    red, blue = parameters
    writer.words("red ")
    top = writer.number(red)
    writer.words(", blue ")
    return (top, writer.number(blue))


def _complement(boxes: str) -> Work:
    """All pairs minus the pairs without a red ball."""
    return steps(
        boxes,
        "blue = n - r",
        "other_blue = m - s",
        "none = blue * other_blue",
        "pairs = n * m",
        "some = pairs - none",
        result="some pairs",
    )


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
SOME, SOME_SWAPPED = _complement("r n s m"), _complement("s m r n")

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
        right=routes(("First add: ", "We count: ", "By balls: "), ONE, ONE_SWAPPED, ONE),
        mistake=mistake(_odds),
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
            ("First multiply: ", "We count: ", "By balls: ", "Let us multiply: "),
            *(BOTH, BOTH_SWAPPED, BOTH, BOTH_SWAPPED),
        ),
        mistake=mistake(MEDIANT),
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
            ("First count: ", "We count: ", "By balls: ", "Let us count: ", "Note the blue: "),
            *(SOME, SOME_SWAPPED, SOME, SOME_SWAPPED, SOME),
        ),
        mistake=mistake(BOTH),
    ),
)
