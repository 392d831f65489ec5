"""Verdicts that text, digits or rational arithmetic settle, without a worker and without sympy."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from ssdmath.answers import digits, rational
from ssdmath.answers.canonical import class_key, exact_key, text_key
from ssdmath.answers.equality import compare, exactly_same
from ssdmath.answers.interpret import readings
from ssdmath.answers.normalise import tight
from ssdmath.answers.parser import MAX_CHARACTERS
from ssdmath.answers.value import Value
from ssdmath.answers.work import limited
from ssdmath.tables import statuses

NEAR = Fraction(1, 10**5)
_ARITHMETIC = re.compile(r"[0-9+\-*/.= ]*", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_LETTER = re.compile(r"[A-Z]", re.ASCII)
# An option by its label, with or without its text: B, (B), B), B. iron, \text{(B) iron}, Option B.
_OPTION = re.compile(
    r"(?:\\(?:text|textbf|mathrm|mathbf)\s?\{)?\s?(?:(?i:option|choice|answer)\s)?"
    r"(?:\(([A-Z])\)[.:]?|([A-Z])(?:[).:]|(?=\}?$)))(?:[\s~}].*)?",
    re.ASCII | re.DOTALL,
)


class Verdict(NamedTuple):
    """The judgement on an answer."""

    status: str
    answer: str
    disagree: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold answer, read once."""

    text: str
    values: tuple[Value, ...]
    key: str | None  # canonical class, where exact arithmetic names it
    plain: bool  # one unitless rational: an integer answer is compared by its digits

    @classmethod
    def of(cls, text: str) -> "Gold":
        """Read a gold answer."""
        values = readings(text)
        only = values[0] if len(values) == 1 else None
        plain = only is not None and only.kind == "scalar" and not only.unit
        with limited():
            key = class_key(values[0], exact_key)
        return cls(text, values, key, plain and key is not None)


def settle(gold: Gold, content: str) -> Verdict | None:
    """The verdict where text, digits or rational arithmetic settle it; None for the pool."""
    bare = content.strip("$ \n")
    if _LETTER.fullmatch(gold.text) and (option := _OPTION.fullmatch(bare)):
        label = option[1] or option[2]
        status = statuses.CORRECT if label == gold.text else statuses.WRONG
        return Verdict(status, text_key(label))
    if gold.plain and _INTEGER.fullmatch(bare):
        size = digits.digits_key(bare.lstrip("+-").lstrip("0") or "0")
        key = f"-{size}" if bare[0] == "-" and size != "0" else size
        return Verdict(statuses.CORRECT if key == gold.key else statuses.WRONG, key)
    if len(content) > MAX_CHARACTERS:
        same_text = tight(content) == tight(gold.text)
        return Verdict(statuses.CORRECT if same_text else statuses.PARSE_FAIL, text_key(content))
    with limited():
        return _settle_exactly(gold, content)


def _settle_exactly(gold: Gold, content: str) -> Verdict | None:
    values = readings(content)
    if gold.plain and _ARITHMETIC.fullmatch(content) and exact_key(values[0]) is None:
        return Verdict(
            statuses.PARSE_FAIL, text_key(content)
        )  # our grammar holds all such expressions
    equal = compare(gold.values, values, exactly_same)
    answer_key = class_key(values[0], exact_key)
    if equal and gold.key is not None:
        return Verdict(statuses.CORRECT, gold.key)
    if (
        equal is False
        and not _near(gold.values[0], values[0])
        and answer_key is not None
        and not any(v.kind == "opaque" for v in values)
    ):
        return Verdict(statuses.WRONG, answer_key)
    return None


def _near(gold: Value, answer: Value) -> bool:
    """Whether two rationals are so close that math-verify might call them equal: ask it too."""
    if gold.expr is None or answer.expr is None:
        return False
    a, b = rational.value(gold.expr), rational.value(answer.expr)
    return a is not None and b is not None and abs(a - b) < NEAR
