"""Equality of two structured answers, in three values: yes, no, and not known (None).

The structure is compared here; two scalars are handed to `same`, so that the exact arithmetic of
the parent process and the two libraries of the worker share one set of rules.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction

from ssdmath.answers import rational
from ssdmath.answers.normalise import tight
from ssdmath.answers.syntax import CONSTANTS, Expr, number
from ssdmath.answers.value import Value

Same = Callable[[Value, Value], bool | None]

# A value in one of these units is also right in the plain number it stands for.
_FACTORS = {
    "%": number(Fraction(1, 100)),
    "degree": Expr("*", (Expr("name", name="pi"), number(Fraction(1, 180)))),
}
_FUNCTION = re.compile(r"(.*)\(([A-Za-z](?:,[A-Za-z])*)\)")


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


def values_equal(gold: Value, answer: Value, same: Same) -> bool | None:  # noqa: C901 - one line a kind
    """Whether two structures are equal, with `same` deciding their scalars."""
    if _spelling(gold) == _spelling(answer):
        return None if gold.kind == "opaque" else _labels_agree(gold, answer)
    if gold.label and answer.label:
        answer = _rename(gold, answer)
        if not _labels_agree(gold, answer):
            return False
    kinds = {gold.kind, answer.kind}
    if "opaque" in kinds:
        return None
    if kinds == {"scalar"}:
        return _scalars(gold, answer, same)
    if "word" in kinds:
        return len(kinds) == 1 and gold.text == answer.text
    if kinds == {"relation"}:
        return same(gold, answer) if gold.ends == answer.ends else False
    if "relation" in kinds:
        return None if kinds & {"interval", "union"} else False
    if kinds & {"interval", "union"}:
        return _as_sets(gold, answer, same)
    if "matrix" in kinds:
        return _ordered(_rows(gold), _rows(answer), same)
    if kinds == {"tuple"} or kinds == {"tuple", "list"}:
        return _ordered(gold.items, answer.items, same)
    if kinds <= {"set", "list"}:
        return _unordered(gold.items, answer.items, same)
    if kinds == {"set", "scalar"}:  # {5} for 5; an empty set is not a number
        return _unordered(gold.items or (gold,) * (gold.kind == "scalar"),
                          answer.items or (answer,) * (answer.kind == "scalar"), same)  # fmt: skip
    return False


def _spelling(value: Value) -> tuple[str, ...]:
    return value.kind, value.ends, value.unit, tight(value.text)


def _scalars(gold: Value, answer: Value, same: Same) -> bool | None:
    if gold.unit and answer.unit and gold.unit != answer.unit:
        return False
    plain = same(gold, answer)
    for one, other in ((gold, answer), (answer, gold)):
        factor = _FACTORS.get(one.unit)
        if factor is not None and not other.unit and one.expr is not None:
            scaled = replace(one, expr=Expr("*", (one.expr, factor)), text=_scaled_text(one))
            plain = any_of((plain, same(scaled, other)))
    return plain


def _scaled_text(value: Value) -> str:
    factor = "\\frac{1}{100}" if value.unit == "%" else "\\frac{\\pi}{180}"
    return f"({value.text})*{factor}"


def _labels_agree(gold: Value, answer: Value) -> bool:
    return not (gold.label and answer.label) or gold.label == answer.label


def _rename(gold: Value, answer: Value) -> Value:
    """f(t) = t^2 written with gold's variable: the argument of a function is a bound name."""
    ours, theirs = _FUNCTION.fullmatch(gold.label), _FUNCTION.fullmatch(answer.label)
    if not ours or not theirs or ours.group(1) != theirs.group(1) or answer.expr is None:
        return answer
    old, new = theirs.group(2).split(","), ours.group(2).split(",")
    if len(old) != len(new) or old == new or CONSTANTS.intersection(old + new):
        return answer
    expr = _substitute(answer.expr, dict(zip(old, new, strict=True)))
    renamed = dict(zip(old, new, strict=True))
    text = re.sub(r"\\?[A-Za-z]+", lambda m: renamed.get(m.group(), m.group()), answer.text)
    return replace(answer, expr=expr, label=gold.label, text=text)


def _substitute(expr: Expr, names: dict[str, str]) -> Expr:
    if expr.op == "name":
        return replace(expr, name=names.get(expr.name, expr.name))
    return replace(expr, args=tuple(_substitute(arg, names) for arg in expr.args))


def _rows(value: Value) -> tuple[Value, ...]:
    """The entries to compare in order: a single row or column stands for its vector."""
    if value.kind != "matrix":
        return value.items or (value,)
    if len(value.items) == 1:
        return value.items[0].items
    if all(len(row.items) == 1 for row in value.items):
        return tuple(row.items[0] for row in value.items)
    return value.items


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
    return value.items if value.kind in ("union", "list") else (value,)


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
    infinite = [infinity(v.expr) for v in (a, b) if v.expr is not None]
    if any(infinite) and all(
        sign or v is not None for sign, v in zip(infinite, (left, right), strict=True)
    ):
        return infinite[0] == infinite[1]
    return None if left is None or right is None else left == right


def infinity(expr: Expr) -> int:
    """1 or -1 for an infinite end of an interval, else 0."""
    if expr.op == "neg":
        return -infinity(expr.args[0])
    return int(expr.op == "name" and expr.name == "oo")
