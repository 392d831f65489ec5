"""Equality of two structured answers, in three values: yes, no, and not known (None).

The structure is compared here; two scalars are handed to `same`, so that the exact arithmetic of
the parent process and the two libraries of the worker share one set of rules.
"""

from collections.abc import Iterable
from dataclasses import replace

from ssdmath.answers import congruences, rational
from ssdmath.answers.intervals import infinity
from ssdmath.answers.normalise import tight
from ssdmath.answers.scalars import (
    Same,
    bound_name_renamed,
    curve_of,
    ratio_parts,
    residues_agree,
    scalars_equal,
)  # fmt: skip
from ssdmath.answers.syntax import Expr
from ssdmath.answers.value import Value


def any_of(outcomes: Iterable[bool | None]) -> bool | None:
    """Three-valued or: true wins, else unknown, else false."""
    unknown = False
    for outcome in outcomes:
        if outcome:
            return True
        unknown |= outcome is None
    return None if unknown else False


def all_of(outcomes: Iterable[bool | None]) -> bool | None:
    """Three-valued and: false wins, else unknown, else true."""
    unknown = False
    for outcome in outcomes:
        if outcome is False:
            return False
        unknown |= outcome is None
    return None if unknown else True


def compare(golds: Iterable[Value], answers: Iterable[Value], same: Same) -> bool | None:
    """Whether any reading of the answer equals any reading of the gold."""
    answers = tuple(answers)
    return any_of(values_equal(gold, answer, same) for gold in golds for answer in answers)


def values_equal(gold: Value, answer: Value, same: Same) -> bool | None:  # noqa: C901 - one line per kind
    """Whether two structures are equal, with `same` deciding their scalars."""
    if _spelling(gold) == _spelling(answer):
        return _labels_agree(gold, answer)
    if gold.label and answer.label:
        answer = bound_name_renamed(gold, answer)
        if not _labels_agree(gold, answer):
            return False
    kinds = {gold.kind, answer.kind}
    if "opaque" in kinds:
        return None
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
        return residues_agree(gold, answer, same) if len(kinds) == 1 else _not("scalar" in kinds)
    if kinds & {"interval", "union"}:
        return _as_sets(gold, answer, same)
    if "matrix" in kinds:
        return _matrices(gold, answer, same)
    if "ratio" in kinds:
        return _ratios(gold, answer, same)
    if kinds == {"tuple"} or kinds == {"tuple", "list"}:
        return _ordered(_by_label(gold, answer), _by_label(answer, gold), same)
    if kinds <= {"set", "list"}:
        return _unordered(gold.items, answer.items, same)
    if kinds == {"set", "scalar"}:  # {5} for 5; an empty set is not a number
        return _unordered(gold.items or (gold,) * (gold.kind == "scalar"),
                          answer.items or (answer,) * (answer.kind == "scalar"), same)  # fmt: skip
    return False


def _not(possible: bool) -> bool | None:
    """Not equal; not known where the two may say the same after all."""
    return None if possible else False


def _spelling(value: Value) -> tuple[str, ...]:
    return value.kind, value.ends, value.unit, tight(value.text)


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


def _by_label(value: Value, other: Value) -> tuple[Value, ...]:
    """The parts in the order of the other side's labels; x=3, y=4 is (3,4), y=3, x=4 is not."""
    labels = [item.label for item in value.items]
    if value.kind != "list" or not all(labels) or len(set(labels)) < len(labels):
        return value.items
    order = [item.label for item in other.items]
    if set(order) != set(labels):
        order = sorted(labels)
    parts = {item.label: replace(item, label="") for item in value.items}
    return tuple(parts[label] for label in order)


def _families(gold: Value, answer: Value, same: Same) -> bool | None:
    """Families are equal when one parameter can be put for the other."""
    sides = [v if v.kind == "family" else congruences.as_family(v, o.ends)
             for v, o in ((gold, answer), (answer, gold))]  # fmt: skip
    ours, theirs = sides
    if ours is None or theirs is None or ours.ends[1:] != theirs.ends[1:]:
        return None
    return any_of(
        _unordered(ours.items, tuple(_at(item, theirs.ends, term) for item in theirs.items), same)
        for term in congruences.substitutions(ours.ends, theirs.ends)
    )


def _at(item: Value, ends: str, term: Expr) -> Value:
    """A member of a family with a term put for its parameter."""
    name = ends.split(" ", 1)[0]
    if item.expr is None:
        return replace(item, items=tuple(_at(part, ends, term) for part in item.items))
    return replace(item, expr=item.expr.put({name: term}), text="")


def _family_without_domain(gold: Value, answer: Value, same: Same) -> bool | None:
    r"""\frac{\pi}{4}+k\pi and \frac{\pi}{4}+n\pi are one family without saying so."""
    if gold.expr is None or answer.expr is None or gold.expr.free == answer.expr.free:
        return False
    ours, theirs = (congruences.as_family(value, "k Z") for value in (gold, answer))
    if ours is None or theirs is None or not gold.expr.mentions("pi"):
        return False
    return _families(ours, theirs, same)


def _matrices(gold: Value, answer: Value, same: Same) -> bool | None:
    """Matrices of one shape; a vector may be written as a tuple."""
    if gold.kind == answer.kind:
        shapes = [[len(row.items) for row in value.items] for value in (gold, answer)]
        if gold.ends != answer.ends or shapes[0] != shapes[1]:
            return False
        return _ordered(gold.items, answer.items, same)
    if "||" in (gold.ends, answer.ends):
        return None
    return _ordered(_entries(gold), _entries(answer), same)


def _entries(value: Value) -> tuple[Value, ...]:
    """The entries to compare in order: a single row or column stands for its vector."""
    if value.kind != "matrix":
        return value.items or (value,)
    if len(value.items) == 1:
        return value.items[0].items
    if all(len(row.items) == 1 for row in value.items):
        return tuple(row.items[0] for row in value.items)
    return value.items


def _ratios(gold: Value, answer: Value, same: Same) -> bool | None:
    """1:2:3 and 2:4:6 are one ratio; a ratio is no tuple."""
    if gold.kind != answer.kind or len(gold.items) != len(answer.items):
        return False
    return _ordered(ratio_parts(gold), ratio_parts(answer), same)


def _ordered(a: tuple[Value, ...], b: tuple[Value, ...], same: Same) -> bool | None:
    if len(a) != len(b):
        return False
    return all_of(values_equal(x, y, same) for x, y in zip(a, b, strict=True))


def _unordered(a: tuple[Value, ...], b: tuple[Value, ...], same: Same) -> bool | None:
    """Same elements in any order; each element may be used once."""
    if len(a) != len(b):
        return False
    left, unknown = list(b), False
    for x in a:
        for at, y in enumerate(left):
            outcome = values_equal(x, y, same)
            if outcome:
                del left[at]
                break
            unknown |= outcome is None
        else:
            return None if unknown else False
    return True


def _as_sets(gold: Value, answer: Value, same: Same) -> bool | None:
    """Intervals, unions of them, and open intervals written like pairs."""
    a, b = _pieces(gold), _pieces(answer)
    if not a or not b or len(a) != len(b):
        return False
    return _unordered(a, b, same) if len(a) > 1 else _pair(a[0], b[0], same)


def _pieces(value: Value) -> tuple[Value, ...]:
    """The parts of a union, each wrapped so that its ends are compared as well."""
    if value.kind not in ("union", "list"):
        return (value,)
    return tuple(piece for item in value.items for piece in _pieces(item))


def _pair(a: Value, b: Value, same: Same) -> bool | None:
    if {a.kind, b.kind} <= {"interval", "tuple"}:
        return _ordered(a.items, b.items, same) if _ends(a) == _ends(b) else False
    return False


def _ends(value: Value) -> str:
    return value.ends or ("()" if value.kind == "tuple" and len(value.items) == 2 else "")


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
