"""What a family of problems is: its parameters, its wording, its answer and the routes to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Literal

from ssdmath.micro.writer import Pen

Parameters = tuple[int, ...]
Stratum = Literal["easy", "medium", "hard"]
STRATA: tuple[Stratum, ...] = ("easy", "medium", "hard")

# A way of working returns the parts of its result: one whole number, or numerator and denominator.
# Its last written step yields the last part, so that a self-check can redo it.
Work = Callable[[Pen, Parameters], tuple[int, ...]]


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

    def parameters(self) -> list[Parameters]:
        """The parameters whose mistake, worked without a slip, misses."""
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


def routes(*openers_and_work: tuple[str, Work]) -> tuple[Route, ...]:
    """Routes from pairs of opener and work."""
    return tuple(Route(opener, work) for opener, work in openers_and_work)


def value_of(parts: tuple[int, ...]) -> Fraction | None:
    """The number that result parts stand for; None for a zero denominator, left by a slip."""
    if len(parts) == 1:
        return Fraction(parts[0])
    return None if parts[1] == 0 else Fraction(parts[0], parts[1])


def flawless(route: Route, parameters: Parameters) -> Fraction | None:
    """The result of a route worked without a slip."""
    return value_of(route.work(Pen(Random(0), slip=0.0), parameters))
