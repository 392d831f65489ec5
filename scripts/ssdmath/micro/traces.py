"""Traces that the micro model learns from: thinking text, `</think>`, and an answer in a box.

Every trace carries the spans of its forks, locks and turns, so that a later probe knows the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from ssdmath.micro.family import Route, Stratum, value_of
from ssdmath.micro.problems import Item
from ssdmath.micro.writer import Pen, Span

THINK_END = "</think>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The shares that make the world; all of them are stated on the model's card."""

    slip: float = 0.015
    """Probability that a digit is written wrong and carried forward."""
    mistake_easy: float = 0.1
    mistake_medium: float = 0.36
    mistake_hard: float = 0.58
    """Probability of the popular mistake at the fork; the right routes share the rest equally."""
    short_check: float = 0.15
    """Probability, at each turn, of doing the last step again."""
    long_check: float = 0.05
    """Probability, at each turn, of doing the whole route again."""
    second_thoughts: float = 0.08
    """Probability, at each turn after the mistake, of starting over on a right route."""
    run_on: float = 0.03
    """Probability, at each turn, of checking again and again without end."""
    unclosed: float = 0.025
    """Probability, at each turn, of answering without closing the thinking."""
    run_on_characters: int = 600
    """Where a run-on trace is cut; longer than any cap of a study."""

    def mistake(self, stratum: Stratum) -> float:
        """The weight of the mistake at the first fork of a level."""
        shares = (self.mistake_easy, self.mistake_medium, self.mistake_hard)
        return dict(zip(("easy", "medium", "hard"), shares, strict=True))[stratum]


class Trace(NamedTuple):
    """A completion with its labels; not `stopped`: a run-on, which must not be taught to stop."""

    text: str
    spans: tuple[Span, ...]
    stopped: bool
    closed: bool
    route: str
    mistaken: bool
    slips: int
    correct: bool


class _Writer:
    """The state of one trace while it is written."""

    def __init__(self, item: Item, composition: Composition, rng: Random) -> None:
        self.item = item
        self.composition = composition
        self.rng = rng
        self.pen = Pen(rng, slip=composition.slip)
        self.route = item.level.mistake
        self.parts: tuple[int, ...] = ()

    @property
    def mistaken(self) -> bool:
        return self.route == self.item.level.mistake

    def take(self, route: Route) -> None:
        """Follow a route to its end."""
        first, rest = route.opener.split(" ", 1)
        self.route = route
        self.pen.mark(first, "fork", "mistake" if self.mistaken else first)
        self.pen.say(f" {rest}")
        self.work()

    def work(self) -> None:
        self.parts = self.route.work(self.pen, self.item.parameters)
        self.pen.say(".\n")

    def turn(self) -> str:
        """Decide what comes after a finished piece of work."""
        c = self.composition
        shares = {
            "short check": c.short_check if self.pen.can_redo else 0.0,
            "long check": c.long_check,
            "second thoughts": c.second_thoughts if self.mistaken else 0.0,
            "run on": c.run_on,
            "unclosed": c.unclosed,
        }
        shares["close"] = 1 - sum(shares.values())
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def check(self, decision: str) -> None:
        """One self-check, or a new start on a right route."""
        if decision == "short check":
            self.pen.mark("Wait", "turn", decision)
            self.pen.say(", ")
            self.parts = self.pen.redo(self.parts)
            self.pen.say(".\n")
        elif decision == "long check":
            self.pen.mark("Check", "turn", decision)
            self.pen.say(": ")
            self.work()
        else:
            self.pen.mark("Wait", "turn", decision)
            self.pen.say(", no. ")
            self.take(self.rng.choice(self.item.level.right))

    def run_on(self) -> None:
        """The same work again and again, past every cap."""
        while len(self.pen.text) < self.composition.run_on_characters:
            self.pen.mark("Hmm", "turn", "run on")
            self.pen.say(", ")
            self.work()

    def answer(self) -> None:
        """The sentence with the box; its digits are copied, so they are locks too."""
        self.pen.say("The answer is $\\boxed{")
        if len(self.parts) == 1:
            self.parts = (self.pen.write(self.parts[0]),)
        else:
            self.pen.say("\\frac{")
            numerator = self.pen.write(self.parts[0])
            self.pen.say("}{")
            self.parts = (numerator, self.pen.write(self.parts[1]))
            self.pen.say("}")
        self.pen.say("}$.")


def build(item: Item, *, composition: Composition, rng: Random) -> Trace:
    """A trace for an item as the composition has it: a route, its checks, and how it ends."""
    mistake = rng.random() < composition.mistake(item.stratum)
    route = item.level.mistake if mistake else rng.choice(item.level.right)
    return follow(item, route, composition=composition, rng=rng)


def follow(item: Item, route: Route, *, composition: Composition, rng: Random) -> Trace:
    """A trace that starts on the given route."""
    writer = _Writer(item, composition, rng)
    writer.take(route)
    while (decision := writer.turn()) in {"short check", "long check", "second thoughts"}:
        writer.check(decision)
    if decision == "run on":
        writer.run_on()
    elif decision == "close":
        writer.pen.mark(THINK_END, "turn", decision)
        writer.pen.say("\n\n")
        writer.answer()
    else:
        start = len(writer.pen.text)
        writer.answer()
        writer.pen.spans.append(Span(start, start + len("The"), "turn", decision))
    return Trace(
        text=writer.pen.text,
        spans=tuple(sorted(writer.pen.spans)),
        stopped=decision != "run on",
        closed=decision == "close",
        route=writer.route.opener,
        mistaken=writer.mistaken,
        slips=writer.pen.slips,
        correct=decision == "close" and value_of(writer.parts) == item.answer,
    )
