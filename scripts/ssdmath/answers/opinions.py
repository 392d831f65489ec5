"""One pair of answers compared twice: by our parser with mpmath, then by math-verify.

Equal needs no objection from either; where the two say opposite things, the pair could not be
judged and is flagged. Runs inside a worker that may be killed between the two opinions.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from ssdmath.answers import numeric, outside, values
from ssdmath.answers.canonical import class_key, numeric_key, text_key
from ssdmath.answers.compare import compare
from ssdmath.answers.structure import readings
from ssdmath.answers.tidy import tidy
from ssdmath.answers.value import Value, deepest

LONGEST_ASKED = 1000  # beyond these bounds math-verify is not asked: it would only be killed
DEEPEST_ASKED = 12
MOST_POWERS = 24


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is known of a pair so far: `equal` is None where it could not be judged."""

    equal: bool | None
    disagree: bool
    key: str
    gold_key: str

    def as_dict(self) -> dict[str, object]:
        """Plain values, to be sent to another process."""
        return asdict(self)


def opinions(gold: str, answer: str) -> Iterator[Opinion]:
    """Ours first, then the joint one; a worker that dies in between has still given the first."""
    golds, answers = readings(gold), readings(answer)
    key = class_key(answers[0], numeric_key) or text_key(answer)
    gold_key = class_key(golds[0], numeric_key) or text_key(gold)
    ours = compare(golds, answers, numeric.same)
    yield Opinion(ours, False, key, gold_key)
    if not (_askable(gold) and _askable(answer)):
        return
    joint = _Joint()
    equal = compare(golds, answers, joint.same)
    if equal is None and all("opaque" in (a.kind, golds[0].kind) for a in answers):
        equal = joint.whole(tidy(gold), tidy(answer))
    yield Opinion(equal, joint.disagree, key, gold_key)


class _Joint:
    """Both comparisons of each scalar; remembers whether they ever said opposite things."""

    def __init__(self) -> None:
        self.disagree = False

    def same(self, gold: Value, answer: Value) -> bool | None:
        ours = numeric.same(gold, answer)
        if _too_heavy(gold) or _too_heavy(answer):
            return ours
        theirs = outside.same(gold, answer)
        if ours is not None and theirs is not None and ours != theirs:
            self.disagree = True
            return None if ours else False  # an equality needs both
        return ours if ours is not None or theirs else theirs

    def whole(self, gold: str, answer: str) -> bool | None:
        """math-verify alone may find a difference; its word alone is not enough for equality."""
        theirs = outside.texts_same(gold, answer)
        self.disagree |= theirs is True
        return None if theirs else theirs


def _too_heavy(value: Value) -> bool:
    return value.expr is not None and values.heavy(value.expr)


def _askable(text: str) -> bool:
    if len(text) > LONGEST_ASKED or text.count("^") > MOST_POWERS:
        return False
    return deepest(text) <= DEEPEST_ASKED
