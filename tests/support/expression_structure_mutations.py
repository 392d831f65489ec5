"""Wrong answers of another structure: brackets, order, units, words, bases, periods."""

import random
from collections.abc import Callable
from dataclasses import replace

from expression_answers import INFINITY, UNITS, Answer, write
from expression_generator import WORDS
from expression_trees import Node, number
from expression_values import compare

Mutant = tuple[str, str]  # the text, and the name of the change
OTHER_UNITS = {
    "cm": "m", "m": "km", "km": "m", "hours": "minutes", "minutes": "hours", "seconds": "hours",
    "kg": "cm", "dollars": "kg", "km/h": "m/s", "m/s": "km/h", "cm^2": "cm^3", "cm^3": "cm^2",
    "m^2": "m",
}  # fmt: skip


def both_values(answer: Answer) -> tuple[Node, Node]:
    """The two values of a plus-minus."""
    centre, offset = answer.items
    return centre + offset, centre - offset


def structural(rng: random.Random, answer: Answer) -> Mutant | None:
    """Another bracket kind, order, unit, word, base, period: whatever the kind has."""
    makers = _STRUCTURAL.get(answer.kind)
    if makers is None:
        return None
    chosen = rng.choice(list(makers))
    changed = makers[chosen](rng, answer)
    if changed is None or changed == answer:
        return None
    text = changed if isinstance(changed, str) else write(changed, rng)[0]
    return text, f"{answer.kind}: {chosen}"


def _swapped(rng: random.Random, answer: Answer) -> Answer | None:
    a, b, *rest = answer.items
    return replace(answer, items=(b, a, *rest)) if compare(a, b) is False else None


def _shorter(rng: random.Random, answer: Answer) -> Answer | None:
    return replace(answer, items=answer.items[:-1]) if len(answer.items) > 2 else None


def _longer(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, items=(*answer.items, number(10007)))


def _as(kind: str) -> Callable[[random.Random, Answer], Answer]:
    return lambda rng, answer: replace(answer, kind=kind)


def _ends_changed(rng: random.Random, answer: Answer) -> Answer | None:
    finite = [
        at
        for at, item in enumerate(answer.items)
        if item not in (INFINITY, Node("neg", (INFINITY,)))
    ]
    if not finite:
        return None
    at = rng.choice(finite)
    marks = list(answer.mark)
    marks[at] = {"[": "(", "(": "[", "]": ")", ")": "]"}[marks[at]]
    return replace(answer, mark="".join(marks))


def _one_side(rng: random.Random, answer: Answer) -> Answer | None:
    if INFINITY in answer.items or Node("neg", (INFINITY,)) in answer.items:
        return None
    return replace(answer, items=(answer.items[0], INFINITY), mark=answer.mark[0] + ")")


def _as_point_set(rng: random.Random, answer: Answer) -> Answer | None:
    if INFINITY in answer.items or Node("neg", (INFINITY,)) in answer.items:
        return None
    return replace(answer, kind="set", mark="")


def _intersection(rng: random.Random, answer: Answer) -> str:
    return write(answer, rng)[0].replace("\\cup", "\\cap")


def _half(rng: random.Random, answer: Answer) -> Answer:
    return Answer("interval", answer.items[:2], answer.mark[:2])


def _transposed(rng: random.Random, answer: Answer) -> Answer | None:
    columns = int(answer.mark)
    rows = len(answer.items) // columns
    items = tuple(answer.items[r * columns + c] for c in range(columns) for r in range(rows))
    return (
        replace(answer, items=items, mark=str(rows))
        if items != answer.items or rows != columns
        else None
    )


def _determinant(rng: random.Random, answer: Answer) -> str | None:
    square = int(answer.mark) ** 2 == len(answer.items)
    return write(answer, rng)[0].replace("pmatrix", "vmatrix") if square else None


def _other_word(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, mark=rng.choice([word for word in WORDS if word != answer.mark]))


def _words_around(rng: random.Random, answer: Answer) -> str:
    form = rng.choice(
        ["not {}", "neither {}", "{} or none of these", "non-{}", "{} only if n = 2", "{}, {other}"]
    )
    other = _other_word(rng, answer).mark
    return f"\\text{{{form.format(answer.mark, other=other)}}}"


def _other_letter(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, mark=rng.choice([letter for letter in "ABCDE" if letter != answer.mark]))


def _other_base(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, items=(number(answer.items[0].value + 1),))


def _other_digits(rng: random.Random, answer: Answer) -> Answer:
    last = (int(answer.mark[-1]) + 1) % int(answer.items[0].value)
    return replace(answer, mark=answer.mark[:-1] + str(last))


def _other_residue(rng: random.Random, answer: Answer) -> Answer:
    residue, modulus = answer.items
    return replace(answer, items=(number((residue.value + 1) % modulus.value), modulus))


def _other_modulus(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, items=(answer.items[0], number(answer.items[1].value + 1)))


def _other_period(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, items=(answer.items[0], answer.items[1] / number(3)))


def _other_offset(rng: random.Random, answer: Answer) -> Answer:
    return replace(answer, items=(answer.items[0] / number(5), answer.items[1]))


def _axes_swapped(rng: random.Random, answer: Answer) -> str | None:
    if len(answer.items) != 2:
        return None
    values = [write(Answer("value", (item,), label="="), rng)[0] for item in answer.items]
    return f"y = {values[0]}, x = {values[1]}"


_STRUCTURAL: dict[str, dict[str, Callable[[random.Random, Answer], Answer | str | None]]] = {
    "tuple": {"swapped": _swapped, "shorter": _shorter, "longer": _longer, "braces": _as("set"),
              "coordinates of the other axis": _axes_swapped},
    "set": {"shorter": _shorter, "longer": _longer, "round brackets": _as("tuple")},
    "list": {"shorter": _shorter, "longer": _longer},
    "interval": {"bracket kind": _ends_changed, "one side only": _one_side,
    "braces": _as_point_set},
    "union": {"bracket kind": _ends_changed, "intersection": _intersection, "one half": _half},
    "ratio": {"swapped": _swapped, "longer": _longer},
    "matrix": {"transposed": _transposed, "determinant": _determinant},
    "quantity": {"other unit": lambda rng, a: replace(a, mark=OTHER_UNITS[a.mark])},
    "word": {"other word": _other_word, "words around": _words_around},
    "choice": {"other letter": _other_letter},
    "plus-minus": {"one value": lambda rng, a: Answer("value", (both_values(a)[0],), label="=")},
    "base": {"other base": _other_base, "other digit": _other_digits},
    "congruence": {"other residue": _other_residue, "other modulus": _other_modulus},
    "family": {"other period": _other_period, "other offset": _other_offset},
}  # fmt: skip
assert set(OTHER_UNITS) == set(UNITS)
