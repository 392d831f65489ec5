"""Writes a trace: text, digits that may slip, and labelled spans. It knows nothing of problems.

A digit is a *lock*: given the text so far, one value is right. With a small probability the writer
slips to another digit. Later steps use the digits as written, so that a slip is carried forward, as
in a calculation by hand. In some worlds the comma after a step is a lock too: the work may end
there, too early.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal, NamedTuple

Kind = Literal["fork", "lock", "turn"]
Sign = Literal["+", "-", "*", "/", " mod "]

# How work ends before its last step, each as often: wrong tokens where the comma is right.
EARLY_ENDS = (".", "!", "?", ";")


class Span(NamedTuple):
    """A labelled stretch [start, end) of a trace, in characters of its text.

    kind "fork": the first word of a route, `note` is the route's name. "lock": one digit, or the
    comma where work may end early, `note` is what was right there. "turn": the word that decides
    between closing, checking, running on and stopping, `note` is the decision.
    """

    start: int
    end: int
    kind: Kind
    note: str


class EndedEarly(Exception):  # noqa: N818 (an event of the world, not an error)
    """The writer ended the work after a step that was not the last."""


class Writer:
    """Writes text and numbers, and records where each choice was made."""

    def __init__(self, rng: Random, *, slip: float, stop_early: float = 0.0) -> None:
        """`slip`: P(a digit is written wrong); `stop_early`: P(the work ends after a step)."""
        self.rng = rng
        self.slip = slip
        self.stop_early = stop_early
        self.slips = 0
        self.latest = 0  # the number written last
        self.spans: list[Span] = []
        self._parts: list[str] = []
        self._length = 0
        self._redo: Callable[[], int] | None = None
        self._last = 0

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)

    def words(self, text: str) -> None:
        """Write text without a label."""
        self._parts.append(text)
        self._length += len(text)

    def label(self, word: str, kind: Kind, note: str) -> None:
        """Write a word and label it."""
        self.spans.append(Span(self._length, self._length + len(word), kind, note))
        self.words(word)

    def number(self, value: int) -> int:
        """Write a number digit by digit; returns the number as written, slips included."""
        digits = str(abs(value))
        if value < 0:
            self.words("-")
        written = "".join(
            self._digit(d, first=i == 0 < len(digits) - 1) for i, d in enumerate(digits)
        )
        self.latest = int(written) if value >= 0 else -int(written)
        return self.latest

    def comma(self) -> None:
        """Write the comma before the next step; EndedEarly if the work ends here instead."""
        if not self.stop_early:
            self.words(", ")
            return
        if self.rng.random() < self.stop_early:
            self.slips += 1
            self.label(self.rng.choice(EARLY_ENDS), "lock", ",")
            raise EndedEarly
        self.label(",", "lock", ",")
        self.words(" ")

    def step(self, left: int, sign: Sign, right: int) -> int:
        """Write `left sign right=result`; the result follows from the operands as written."""
        a = self.number(left)
        self.words(sign)
        b = self.number(right)
        self.words("=")
        self._last = self.number(apply(a, sign, b))
        self._redo = lambda: self.step(left, sign, right)
        return self._last

    def term(self, cycle: list[int], position: int) -> int:
        """Write `term position is value` for a 1-based position in a repeating list."""
        self.words("term ")
        k = self.number(position)
        self.words(" is ")
        self._last = self.number(cycle[(k - 1) % len(cycle)])
        self._redo = lambda: self.term(cycle, position)
        return self._last

    @property
    def can_redo(self) -> bool:
        """Whether a step has been written that a self-check could repeat."""
        return self._redo is not None

    def redo(self, parts: tuple[int, ...]) -> tuple[int, ...]:
        """Write the last step again; returns the parts of the result with the new value in them."""
        if self._redo is None:
            return parts
        before = self._last
        now = self._redo()
        if before not in parts:
            return parts
        index = len(parts) - 1 - parts[::-1].index(before)
        return (*parts[:index], now, *parts[index + 1 :])

    def _digit(self, digit: str, *, first: bool) -> str:
        # A number of several digits never starts with 0: such a slip would not look like a number.
        choices = "123456789" if first else "0123456789"
        written = digit
        if self.rng.random() < self.slip:
            written = self.rng.choice([d for d in choices if d != digit])
            self.slips += 1
        self.label(written, "lock", digit)
        return written


def apply(a: int, sign: Sign, b: int) -> int:
    """Whole-number arithmetic that never fails: dividing by a zero that a slip left gives 0."""
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if b == 0:
        return 0
    return a // b if sign == "/" else a % b
