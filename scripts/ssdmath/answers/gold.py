"""Whether a gold answer can be compared at all: found out in `problems`, not at verify time."""

import re
from typing import NamedTuple

from ssdmath.answers.interpret import readings
from ssdmath.answers.normalise import tight
from ssdmath.answers.value import Value

_NOT_ANSWERS = frozenset({"proof", "notfound", "n/a", "na", "null", "unknown", "seesolution"})
_WORDS_AT_MOST = 5
_WORDS = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2,20} [A-Za-z]{2}")


class GoldFault(NamedTuple):
    """Why a gold cannot be compared: a kind to count by, and the reason in a few words."""

    kind: str  # empty, no_answer, prose, unreadable
    reason: str

    def __str__(self) -> str:
        """The reason, as messages show it."""
        return self.reason


def check_gold(gold: str) -> GoldFault | None:
    """Why a gold answer cannot be compared; None when it can."""
    if not tight(gold):
        return GoldFault("empty", "empty")
    if tight(gold).casefold() in _NOT_ANSWERS:
        return GoldFault("no_answer", "says that there is no answer")
    values = readings(gold)
    if values[0].kind == "word" and len(values[0].text.split()) > _WORDS_AT_MOST:
        return GoldFault("prose", "prose")
    if any(_comparable(value) for value in values):
        return None
    if _WORDS.search(gold):
        return GoldFault("prose", "not understood: prose, or words that change the value")
    return GoldFault(
        "unreadable",
        "not understood as a number, expression, tuple, set, interval, relation or word",
    )


def _comparable(value: Value) -> bool:
    """Whether every part of a value is understood."""
    return value.kind != "opaque" and all(map(_comparable, value.items))
