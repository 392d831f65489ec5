"""Whether a gold answer can be compared at all: found out in `problems`, not at verify time."""

from ssdmath.answers.interpret import readings
from ssdmath.answers.normalise import tight

_NOT_ANSWERS = frozenset({"proof", "notfound", "n/a", "na", "null", "unknown", "seesolution"})
_WORDS_AT_MOST = 5


def check_gold(gold: str) -> str | None:
    """Why a gold answer cannot be compared, in a few words; None when it can."""
    if not tight(gold):
        return "empty"
    if tight(gold).casefold() in _NOT_ANSWERS:
        return "says that there is no answer"
    found = readings(gold)
    if all(value.kind == "opaque" for value in found):
        return "not understood as a number, expression, tuple, set, interval, relation or word"
    if found[0].kind == "word" and len(found[0].text.split()) > _WORDS_AT_MOST:
        return "prose"
    return None
