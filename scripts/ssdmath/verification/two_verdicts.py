"""One pair of answers compared twice: by our parser with mpmath, then by math-verify.

Equal needs no objection from either; where the two say opposite things, the pair could not be
judged and is flagged. Runs inside a worker that may be killed between the two opinions.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ssdmath.answers import evaluate, math_verify_check, numeric
from ssdmath.answers.canonical import class_key, numeric_key, text_key
from ssdmath.answers.equality import compare
from ssdmath.answers.interpret import readings
from ssdmath.answers.normalise import tidy
from ssdmath.answers.value import Value, deepest

LONGEST_ASKED = 1000  # beyond these bounds math-verify is not asked: it would only be killed
DEEPEST_ASKED = 12
MOST_POWERS = 24
_ENDLESS = re.compile(r"\\(?:sum|prod|int|oint|iint|lim)(?![a-z])|!!!")  # it would work them out


class Opinion(NamedTuple):
    """What is known of a pair so far: `equal` is None where it could not be judged."""

    equal: bool | None
    disagree: bool
    key: str
    gold_key: str


def opinions(gold: str, answer: str) -> Iterator[Opinion]:
    """Ours first, then the joint one; a worker that dies in between has still given the first."""
    golds, answers = readings(gold), readings(answer)
    key = class_key(answers[0], numeric_key) or text_key(answer)
    gold_key = class_key(golds[0], numeric_key) or text_key(gold)
    both = _Both()
    ours = compare(golds, answers, both.ours)
    yield Opinion(ours, False, key, gold_key)
    if not (_askable(gold) and _askable(answer)):
        return
    equal = compare(golds, answers, both.same)
    if equal is None and all("opaque" in (a.kind, golds[0].kind) for a in answers):
        equal = both.whole(tidy(gold), tidy(answer))
    yield Opinion(equal, both.disagree, key, gold_key)


class _Both:
    """Both comparisons of each scalar; remembers whether they ever said opposite things."""

    def __init__(self) -> None:
        self.disagree = False
        self.known: dict[tuple[Value, Value], bool | None] = {}

    def ours(self, gold: Value, answer: Value) -> bool | None:
        """Our comparison, made once a pair of scalars."""
        if (gold, answer) not in self.known:
            self.known[gold, answer] = numeric.same(gold, answer)
        return self.known[gold, answer]

    def same(self, gold: Value, answer: Value) -> bool | None:
        """What both find: an equality needs both, where math-verify can tell."""
        ours = self.ours(gold, answer)
        if not (_readable(gold) and _readable(answer)):
            return ours
        theirs = math_verify_check.same(gold, answer, thorough=ours is True)
        if ours is not None and theirs is not None and ours != theirs:
            self.disagree = True
            return None if ours else False
        return ours if ours is not None or theirs else theirs

    def whole(self, gold: str, answer: str) -> bool | None:
        """math-verify alone may find a difference; its word alone is not enough for equality."""
        theirs = math_verify_check.texts_same(gold, answer)
        self.disagree |= theirs is True
        return None if theirs else theirs


def warm_up() -> None:
    """Make both comparisons once, so that no comparison pays for what sympy loads on first use."""
    for gold, answer in (("2\\sqrt{3}", "\\sqrt{12}"), ("x^2+y=1", "2x^2+2y=2"), ("n!", "\\sin n")):
        list(opinions(gold, answer))


def _readable(value: Value) -> bool:
    """Whether math-verify reads a scalar as we do and can work it out; n!! is (n!)! to it."""
    if value.expr is None:
        return True
    return not evaluate.heavy(value.expr) and "double_factorial" not in value.expr.ops()


def _askable(text: str) -> bool:
    if len(text) > LONGEST_ASKED or text.count("^") > MOST_POWERS or _ENDLESS.search(text):
        return False
    return deepest(text) <= DEEPEST_ASKED
