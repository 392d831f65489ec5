"""Traces that the micro model learns from: thinking text, `</think>`, and an answer in a box.

Every trace carries the spans of its forks, locks and turns: the ground truth for the probe.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from ssdmath.micro.family import Route, Stratum, value_of
from ssdmath.micro.problems import Item
from ssdmath.micro.writer import EndedEarly, Span, Writer

THINK_END = "</think>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The shares that define the world; the model's card states all of them."""

    slip: float = 0.015
    """Probability that a digit is written wrong and carried forward."""
    stop_early: float = 0.0
    """Probability, after each step but the last, that the work ends there, with a wrong result."""
    routes: int = 0
    """Least number of right routes at a fork; each level has 3 to 5 of its own."""
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
    """Where a run-on trace is cut: beyond the cap of every study."""

    def mistake(self, stratum: Stratum) -> float:
        """The weight of the mistake at the first fork of a level."""
        shares = (self.mistake_easy, self.mistake_medium, self.mistake_hard)
        return dict(zip(("easy", "medium", "hard"), shares, strict=True))[stratum]


class Trace(NamedTuple):
    """A completion with its labels; one that is not `stopped` is a run-on, without an end."""

    text: str
    spans: tuple[Span, ...]
    stopped: bool
    closed: bool
    route: str
    mistaken: bool
    slips: int
    correct: bool


class _TraceBuilder:
    """A trace while it is being written."""

    def __init__(self, item: Item, composition: Composition, rng: Random) -> None:
        self.item = item
        self.composition = composition
        self.rng = rng
        self.writer = Writer(rng, slip=composition.slip, stop_early=composition.stop_early)
        self.route = item.level.mistake
        self.parts: tuple[int, ...] = ()

    @property
    def mistaken(self) -> bool:
        return self.route == self.item.level.mistake

    def take(self, route: Route) -> None:
        """Follow a route to its end."""
        first, rest = route.opener.split(" ", 1)
        self.route = route
        self.writer.label(first, "fork", "mistake" if self.mistaken else first)
        self.writer.words(f" {rest}")
        self.work()

    def work(self) -> None:
        try:
            self.parts = self.route.work(self.writer, self.item.parameters)
        except EndedEarly:
            self.parts = (self.writer.latest,)
            self.writer.words("\n")
        else:
            self.writer.words(".\n")

    def turn(self) -> str:
        """Decide what comes after a finished piece of work."""
        c = self.composition
        shares = {
            "short check": c.short_check if self.writer.can_redo else 0.0,
            "long check": c.long_check,
            "second thoughts": c.second_thoughts if self.mistaken else 0.0,
            "run on": c.run_on,
            "unclosed": c.unclosed,
        }
        shares["close"] = 1 - sum(shares.values())
        return self.rng.choices(list(shares), list(shares.values()))[0]

    def check(self, decision: str) -> None:
        """Write a self-check, or start again on a right route."""
        if decision == "short check":
            self.writer.label("Wait", "turn", decision)
            self.writer.words(", ")
            self.parts = self.writer.redo(self.parts)
            self.writer.words(".\n")
        elif decision == "long check":
            self.writer.label("Check", "turn", decision)
            self.writer.words(": ")
            self.work()
        else:
            self.writer.label("Wait", "turn", decision)
            self.writer.words(", no. ")
            self.take(self.rng.choice(self.item.level.routes(self.composition.routes)))

    def run_on(self) -> None:
        """Write the same work again and again, past every cap."""
        while len(self.writer.text) < self.composition.run_on_characters:
            self.writer.label("Hmm", "turn", "run on")
            self.writer.words(", ")
            self.work()

    def answer(self) -> None:
        """Write the sentence with the box; its digits are copied, so they are locks too."""
        self.writer.words("The answer is $\\boxed{")
        if len(self.parts) == 1:
            self.parts = (self.writer.number(self.parts[0]),)
        else:
            self.writer.words("\\frac{")
            numerator = self.writer.number(self.parts[0])
            self.writer.words("}{")
            self.parts = (numerator, self.writer.number(self.parts[1]))
            self.writer.words("}")
        self.writer.words("}$.")


def build(item: Item, *, composition: Composition, rng: Random) -> Trace:
    """Draw a trace for an item by the composition: a route, its checks, and how it ends."""
    mistake = rng.random() < composition.mistake(item.stratum)
    right = item.level.routes(composition.routes)
    route = item.level.mistake if mistake else rng.choice(right)
    return follow(item, route, composition=composition, rng=rng)


def follow(item: Item, route: Route, *, composition: Composition, rng: Random) -> Trace:
    """Draw a trace that starts on the given route."""
    trace = _TraceBuilder(item, composition, rng)
    writer = trace.writer
    trace.take(route)
    while (decision := trace.turn()) in {"short check", "long check", "second thoughts"}:
        trace.check(decision)
    if decision == "run on":
        trace.run_on()
    elif decision == "close":
        writer.label(THINK_END, "turn", decision)
        writer.words("\n\n")
        trace.answer()
    else:
        start = len(writer.text)
        trace.answer()
        writer.spans.append(Span(start, start + len("The"), "turn", decision))
    return Trace(
        text=writer.text,
        spans=tuple(sorted(writer.spans)),
        stopped=decision != "run on",
        closed=decision == "close",
        route=trace.route.opener,
        mistaken=trace.mistaken,
        slips=writer.slips,
        correct=decision == "close" and value_of(trace.parts) == item.answer,
    )
