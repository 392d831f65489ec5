"""The pen that writes a trace: text, digits that may slip, and labelled spans. It knows no problem.

A digit is a *lock*: one value is right given what has been written so far. With a small probability
the pen slips to another digit, and every later step works with what stands on the page: slips are
carried forward, as in a human calculation.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal, NamedTuple

Kind = Literal["fork", "lock", "turn"]
Sign = Literal["+", "-", "*", "/", " mod "]


class Span(NamedTuple):
    """A labelled stretch [start, end) of a trace, in characters of its text.

    kind "fork": the first word of a route, `note` the route's name; "lock": one digit, `note` the
    digit that was forced there; "turn": the word that decides between closing, checking, running
    on and stopping, `note` the decision.
    """

    start: int
    end: int
    kind: Kind
    note: str


class Pen:
    """Writes text and numbers, and remembers where each choice was made."""

    def __init__(self, rng: Random, *, slip: float) -> None:
        """`slip` is the probability that one digit is written wrong."""
        self.rng = rng
        self.slip = slip
        self.slips = 0
        self.spans: list[Span] = []
        self._parts: list[str] = []
        self._length = 0
        self._redo: Callable[[], int] | None = None
        self._last = 0

    @property
    def text(self) -> str:
        """What stands on the page."""
        return "".join(self._parts)

    def say(self, text: str) -> None:
        """Write words: nothing is forced here."""
        self._parts.append(text)
        self._length += len(text)

    def mark(self, word: str, kind: Kind, note: str) -> None:
        """Write a word and label it."""
        self.spans.append(Span(self._length, self._length + len(word), kind, note))
        self.say(word)

    def write(self, value: int) -> int:
        """Write a number digit by digit; returns what really stands on the page."""
        digits = str(abs(value))
        if value < 0:
            self.say("-")
        written = "".join(
            self._digit(d, first=i == 0 < len(digits) - 1) for i, d in enumerate(digits)
        )
        return int(written) if value >= 0 else -int(written)

    def step(self, left: int, sign: Sign, right: int) -> int:
        """Write `left sign right=result`; the result follows from the operands as written."""
        a = self.write(left)
        self.say(sign)
        b = self.write(right)
        self.say("=")
        self._last = self.write(apply(a, sign, b))
        self._redo = lambda: self.step(left, sign, right)
        return self._last

    def pick(self, cycle: list[int], place: int) -> int:
        """Write `term place is value` for a 1-based place in a repeating list."""
        self.say("term ")
        k = self.write(place)
        self.say(" is ")
        self._last = self.write(cycle[(k - 1) % len(cycle)])
        self._redo = lambda: self.pick(cycle, place)
        return self._last

    @property
    def can_redo(self) -> bool:
        """Whether a step has been written that a self-check could repeat."""
        return self._redo is not None

    def redo(self, parts: tuple[int, ...]) -> tuple[int, ...]:
        """Write the last step again; returns the result parts with the new value in its place."""
        if self._redo is None:
            return parts
        before = self._last
        now = self._redo()
        if before not in parts:
            return parts
        place = len(parts) - 1 - parts[::-1].index(before)
        return (*parts[:place], now, *parts[place + 1 :])

    def _digit(self, digit: str, *, first: bool) -> str:
        # A number of several digits never starts with 0: such a slip would not look like a number.
        choices = "123456789" if first else "0123456789"
        shown = digit
        if self.rng.random() < self.slip:
            shown = self.rng.choice([d for d in choices if d != digit])
            self.slips += 1
        self.mark(shown, "lock", digit)
        return shown


def apply(a: int, sign: Sign, b: int) -> int:
    """Whole-number arithmetic that never fails: a zero divisor, left by a slip, gives 0."""
    if sign == "+":
        return a + b
    if sign == "-":
        return a - b
    if sign == "*":
        return a * b
    if b == 0:
        return 0
    return a // b if sign == "/" else a % b
