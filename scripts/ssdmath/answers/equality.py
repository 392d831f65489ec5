"""Equality of two structured answers, in three values: yes, no, and not known (None).

The structure is compared here; two scalars are handed to `same`, so that the exact arithmetic of
the parent process and the two libraries of the worker share one set of rules.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from ssdmath.answers import congruences, rational
from ssdmath.answers.containers import (
    any_of,
    as_sets,
    by_label,
    is_choice,
    matrices,
    ordered,
    ratios,
    unordered,
)
from ssdmath.answers.intervals import infinity
from ssdmath.answers.normalise import tight
from ssdmath.answers.scalars import (
    Same,
    bound_name_renamed,
    curve_of,
    residues_agree,
    scalars_equal,
)  # fmt: skip
from ssdmath.answers.syntax import Expr
from ssdmath.answers.value import Value


def compare(golds: Iterable[Value], answers: Iterable[Value], same: Same) -> bool | None:
    """Whether any reading of the answer equals any reading of the gold."""
    answers = tuple(answers)
    return any_of(
        values_equal(_without_braces(gold, answer), _without_braces(answer, gold), same)
        for gold in golds
        for answer in answers
    )


def _without_braces(value: Value, other: Value) -> Value:
    """{5} beside 5 as its only element; {1}, {3} beside {1, 3} stay sets."""
    alone = value.kind == "set" and len(value.items) == 1 and other.kind == "scalar"
    return value.items[0] if alone else value


def values_equal(gold: Value, answer: Value, same: Same) -> bool | None:  # noqa: C901 - one line per kind
    """Whether two structures are equal, with `same` deciding their scalars."""
    if _spelling(gold) == _spelling(answer) and _exprs(gold) == _exprs(answer):
        return _labels_agree(gold, answer)
    if gold.label and answer.label:
        answer = bound_name_renamed(gold, answer)
        if not _labels_agree(gold, answer):
            return _one_curve(gold, answer, same)
    kinds = {gold.kind, answer.kind}
    if "opaque" in kinds:
        return None
    equal = partial(values_equal, same=same)
    if kinds == {"scalar"}:
        return any_of(
            (scalars_equal(gold, answer, same), _family_without_domain(gold, answer, same))
        )
    if "word" in kinds:
        return _letters(gold) == _letters(answer) if kinds <= {"word", "scalar"} else False
    if "family" in kinds:
        return _families(gold, answer, same)
    if "relation" in kinds:
        return _relations(gold, answer, same)
    if "congruence" in kinds:
        if len(kinds) == 1:
            return residues_agree(gold, answer, same)
        return None if "scalar" in kinds else False  # a residue alone may be what was meant
    if kinds & {"interval", "union"}:
        return as_sets(gold, answer, equal)
    if "matrix" in kinds:
        return matrices(gold, answer, equal)
    if "ratio" in kinds:
        return ratios(gold, answer, equal)
    if "tuple" in kinds and kinds <= {"tuple", "list"}:
        if is_choice(gold) or is_choice(answer):
            return False
        return ordered(by_label(gold, answer), by_label(answer, gold), equal)
    if kinds <= {"set", "list"}:
        return unordered(gold.items, answer.items, equal)
    return False


def _spelling(value: Value) -> tuple[str, ...]:
    return value.kind, value.ends, value.unit, tight(value.text)


def _exprs(value: Value) -> tuple[object, ...]:
    """What was read: 1 e 5 and 1e5 are one text without blanks and two numbers."""
    return value.expr, *map(_exprs, value.items)


def _letters(value: Value) -> str:
    letters = tight(value.text).casefold()
    return letters if len(letters) > 1 and letters.isalpha() else f"not a word: {value.kind}"


def _labels_agree(gold: Value, answer: Value) -> bool:
    return not (gold.label and answer.label) or gold.label == answer.label


def _relations(gold: Value, answer: Value, same: Same) -> bool | None:
    """Equations and inequalities; an equation may also give the value of a quantity."""
    if gold.kind == answer.kind:
        return same(gold, answer) if gold.ends == answer.ends else False
    line, other = (gold, answer) if gold.kind == "relation" else (answer, gold)
    curve = curve_of(other)
    if line.ends == "=" and curve is not None:
        return same(gold, curve) if line is gold else same(curve, answer)
    if line is answer and answer.items:
        return values_equal(gold, answer.items[0], same)  # x^2+y^2 = 25 answers 25
    return None if other.kind in ("interval", "union") else False


def _one_curve(gold: Value, answer: Value, same: Same) -> bool | None:
    """Whether y = 2x+1 and x = (y-1)/2 are one curve; other quantities of two names differ."""
    curves = [curve_of(value) for value in (gold, answer)]
    if curves[0] is None or curves[1] is None or not (gold.expr and answer.expr):
        return False
    crossed = gold.label in answer.expr.free and answer.label in gold.expr.free
    return same(curves[0], curves[1]) if crossed else False


def _families(gold: Value, answer: Value, same: Same) -> bool | None:
    """Families are equal when one parameter can be put for the other."""
    ours, theirs = (
        value if value.kind == "family" else congruences.as_family(value, other.ends)
        for value, other in ((gold, answer), (answer, gold))
    )
    if ours is None or theirs is None or ours.ends[1:] != theirs.ends[1:]:
        return None
    equal, name = partial(values_equal, same=same), theirs.ends.partition(" ")[0]
    return any_of(
        unordered(ours.items, tuple(_member(item, name, term) for item in theirs.items), equal)
        for term in congruences.substitutions(ours.ends, theirs.ends)
    )


def _member(item: Value, name: str, term: Expr) -> Value:
    """A member of a family with a term put for its parameter."""
    if item.expr is None:
        return replace(item, items=tuple(_member(part, name, term) for part in item.items))
    return replace(item, expr=item.expr.put({name: term}), text="")


def _family_without_domain(gold: Value, answer: Value, same: Same) -> bool | None:
    r"""\frac{\pi}{4}+k\pi and \frac{\pi}{4}+n\pi are one family without saying so."""
    if gold.expr is None or answer.expr is None or gold.expr.free == answer.expr.free:
        return False
    ours, theirs = (congruences.as_family(value, "k Z") for value in (gold, answer))
    if ours is None or theirs is None or not gold.expr.mentions("pi"):
        return False
    return _families(ours, theirs, same)


def exactly_same(a: Value, b: Value) -> bool | None:
    """`same` by rational arithmetic alone; None where either side is not a known rational."""
    if a.expr is None or b.expr is None or "relation" in (a.kind, b.kind):
        return None
    left, right = rational.value(a.expr), rational.value(b.expr)
    infinite = [infinity(value.expr) for value in (a, b) if value.expr is not None]
    if any(infinite) and all(
        sign or value is not None for sign, value in zip(infinite, (left, right), strict=True)
    ):
        return infinite[0] == infinite[1]
    return None if left is None or right is None else left == right
