"""Tuples, sets, unions, matrices and ratios, given how two of their parts are compared."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from ssdmath.answers import intervals
from ssdmath.answers.scalars import ratio_parts
from ssdmath.answers.value import Value

Equal = Callable[[Value, Value], bool | None]


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


def matrices(gold: Value, answer: Value, equal: Equal) -> bool | None:
    """Matrices of one shape; a vector may be written as a tuple."""
    if gold.kind == answer.kind:
        shapes = [[len(row.items) for row in value.items] for value in (gold, answer)]
        if gold.ends != answer.ends or shapes[0] != shapes[1]:
            return False
        return ordered(gold.items, answer.items, equal)
    if "||" in (gold.ends, answer.ends):
        return None
    return ordered(_entries(gold), _entries(answer), equal)


def _entries(value: Value) -> tuple[Value, ...]:
    """The entries to compare in order: a single row or column stands for its vector."""
    if value.kind != "matrix":
        return value.items or (value,)
    if len(value.items) == 1:
        return value.items[0].items
    if all(len(row.items) == 1 for row in value.items):
        return tuple(row.items[0] for row in value.items)
    return value.items


def ratios(gold: Value, answer: Value, equal: Equal) -> bool | None:
    """1:2:3 and 2:4:6 are one ratio; a ratio is no tuple."""
    if gold.kind != answer.kind or len(gold.items) != len(answer.items):
        return False
    return ordered(ratio_parts(gold), ratio_parts(answer), equal)


def ordered(a: tuple[Value, ...], b: tuple[Value, ...], equal: Equal) -> bool | None:
    """Same elements in the same order."""
    if len(a) != len(b):
        return False
    return all_of(equal(x, y) for x, y in zip(a, b, strict=True))


def unordered(a: tuple[Value, ...], b: tuple[Value, ...], equal: Equal) -> bool | None:
    """Same elements in any order; each element may be used once."""
    if len(a) != len(b):
        return False
    unmatched, unknown = list(b), False
    for x in a:
        for at, y in enumerate(unmatched):
            outcome = equal(x, y)
            if outcome:
                del unmatched[at]
                break
            unknown |= outcome is None
        else:
            return None if unknown else False
    return True


def as_sets(gold: Value, answer: Value, equal: Equal) -> bool | None:
    """Intervals, unions of them, and open intervals written like pairs."""
    sets = [intervals.merged(value) for value in (gold, answer)]
    if sets[0] is not None and sets[1] is not None:
        return sets[0] == sets[1]
    a, b = _pieces(gold), _pieces(answer)
    if not a or not b or len(a) != len(b):
        return False
    if len(a) > 1:
        return unordered(a, b, equal)
    if not {a[0].kind, b[0].kind} <= {"interval", "tuple"} or _ends(a[0]) != _ends(b[0]):
        return False
    return ordered(a[0].items, b[0].items, equal)


def _pieces(value: Value) -> tuple[Value, ...]:
    """The parts of a union or list, however nested; any other value is its only part."""
    if value.kind not in ("union", "list"):
        return (value,)
    return tuple(piece for item in value.items for piece in _pieces(item))


def _ends(value: Value) -> str:
    return value.ends or ("()" if value.kind == "tuple" and len(value.items) == 2 else "")


def is_choice(value: Value) -> bool:
    """Whether a list names several values of one quantity: 1 or 2; x=1, x=2."""
    labels = [item.label for item in value.items]
    return value.kind == "list" and (
        value.ends == "or" or (bool(labels[0]) and len(set(labels)) == 1)
    )


def by_label(value: Value, other: Value) -> tuple[Value, ...]:
    """The parts in the order of the other side's labels; x=3, y=4 is (3,4), y=3, x=4 is not."""
    labels = [item.label for item in value.items]
    if value.kind != "list" or not all(labels) or len(set(labels)) < len(labels):
        return value.items
    order = [item.label for item in other.items]
    if set(order) != set(labels):
        order = sorted(labels)
    parts = {item.label: replace(item, label="") for item in value.items}
    return tuple(parts[label] for label in order)
