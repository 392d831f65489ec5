"""What a family of problems is: its parameters, its wording, its answer and the routes to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal

from ssdmath.micro.writer import Writer

Parameters = tuple[int, ...]
Stratum = Literal["easy", "medium", "hard"]
STRATA: tuple[Stratum, ...] = ("easy", "medium", "hard")

# Writes the work of a route and returns the parts of its result: one whole number, or numerator and
# denominator. The last step it writes yields one of the parts, so that a self-check can redo it.
Work = Callable[[Writer, Parameters], tuple[int, ...]]

# First words of further routes, for worlds whose forks are wider than the families have ways.
MORE_OPENERS = ("So", "Here", "Now", "Thus", "Again", "Then", "Hence")


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """A way to an answer; the first word of `opener` tells the routes of a level apart."""

    opener: str
    work: Work


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One difficulty of a family; `phrasings` are format strings over the parameters."""

    phrasings: tuple[str, ...]
    space: Sequence[Parameters]
    answer: Callable[[Parameters], Fraction]
    right: tuple[Route, ...]
    mistake: Route

    def routes(self, number: int) -> tuple[Route, ...]:
        """The right routes, `number` of them: further ones do the same work under other words."""
        extra = (
            Route(f"{word} {route.opener[0].lower()}{route.opener[1:]}", route.work)
            for word, route in zip(MORE_OPENERS, self.right * len(MORE_OPENERS), strict=False)
        )
        return (*self.right, *extra)[: max(number, len(self.right))]

    def parameters(self) -> list[Parameters]:
        """The parameters for which the mistake, worked without a slip, gives a wrong answer."""
        return [p for p in self.space if flawless(self.mistake, p) != self.answer(p)]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A kind of problem at three difficulties."""

    name: str
    easy: Level
    medium: Level
    hard: Level

    def level(self, stratum: Stratum) -> Level:
        """The level that belongs to a stratum."""
        return {"easy": self.easy, "medium": self.medium, "hard": self.hard}[stratum]


def routes(openers: Sequence[str], *work: Work) -> tuple[Route, ...]:
    """Routes with the first of `openers`, one for each way of working."""
    return tuple(map(Route, openers, work))


def mistake(work: Work) -> Route:
    """The popular mistake of a level, which always opens with the same word."""
    return Route("Clearly ", work)


def value_of(parts: tuple[int, ...]) -> Fraction | None:
    """The number that the parts of a result stand for; None if a slip left a zero denominator."""
    if len(parts) == 1:
        return Fraction(parts[0])
    return None if parts[1] == 0 else Fraction(parts[0], parts[1])


def flawless(route: Route, parameters: Parameters) -> Fraction | None:
    """The result of a route worked without a slip."""
    return value_of(route.work(Writer(Random(0), slip=0.0), parameters))
