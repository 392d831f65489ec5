"""Wrong answers made from right ones: another value, another structure, or words that change it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from expression_answers import INFINITY, UNITS, Answer, write
from expression_generator import WORDS
from expression_mutations import equations_differ, mutate
from expression_trees import Node, UndefinedValueError, compare, evaluate, number, variables

Mutant = tuple[str, str]  # the text, and the name of the change
OTHER_UNITS = {
    "cm": "m", "m": "km", "km": "m", "hours": "minutes", "minutes": "hours", "seconds": "hours",
    "kg": "cm", "dollars": "kg", "km/h": "m/s", "m/s": "km/h", "cm^2": "cm^3", "cm^3": "cm^2", "m^2": "m",
}  # fmt: skip
# words that make an answer no value, before and after it; each in \text{} and bare
BEFORE = ("at least", "at most", "not", "less than", "more than", "fewer than", "greater than",
          "about", "approximately", "no more than", "half of", "twice", "up to", "under", "over",
          "between 1 and", "anything but", "the negative of", "almost", "never")  # fmt: skip
AFTER = ("or more", "or less", "or fewer", "million", "thousand", "dozen", "or so", "at least",
         "at most", "is wrong", "is too small", "squared", "more", "less", "times 2")  # fmt: skip
PROSE = (
    "the root at x = {} with multiplicity n", "{} of the 7 cases", "{} if n is even, 5 if n is odd",
    "there are {} points and 2 lines", "{} when x = 2", "we add {} to 10",
)  # fmt: skip


def value_mutant(rng: random.Random, answer: Answer) -> Answer | None:
    """One expression of an answer changed in value."""
    if not answer.items:
        return None
    at = rng.randrange(len(answer.items))
    if answer.items[at] in (INFINITY, Node("neg", (INFINITY,))):
        return None
    mutant = mutate(rng, answer.items[at])
    if mutant is None:
        return None
    items = (*answer.items[:at], mutant[0], *answer.items[at + 1 :])
    changed = replace(answer, items=items)
    return changed if _really_other(answer, changed) else None


def _really_other(answer: Answer, changed: Answer) -> bool:
    if answer.kind == "equation":
        return equations_differ(answer.items, changed.items)  # type: ignore[arg-type]
    if answer.kind in ("family", "base", "congruence"):
        return False  # their structure is changed below
    if answer.kind == "percent":
        (old,), (new,) = answer.items, changed.items
        hundred = number(100)
        return compare(old * hundred, new) is False and compare(old, new * hundred) is False
    if answer.kind == "ratio":
        pairs = [(a * d, b * c) for a, b, c, d in _cross(answer.items, changed.items)]
        return any(compare(left, right) is False for left, right in pairs)
    if answer.kind == "plus-minus":
        old, new = (_ends(item) for item in (answer, changed))
        return all(
            any(compare(x, y) is False for x, y in zip(old, order, strict=True))
            for order in (new, new[::-1])
        )
    return True


def _cross(a: tuple[Node, ...], b: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    return ((a[0], other, b[0], changed) for other, changed in zip(a[1:], b[1:], strict=True))


def _ends(answer: Answer) -> tuple[Node, Node]:
    centre, offset = answer.items
    return centre + offset, centre - offset


def qualified(rng: random.Random, answer: Answer) -> Mutant | None:
    """Words around a value that make it another statement."""
    text = write(answer, rng)[0]
    style = rng.randrange(5)
    if style <= 1:
        word = rng.choice(BEFORE)
        body = f"\\text{{{word} }}{text}" if style else f"{word} {text}"
        return body, f"words before: {word}"
    if style <= 3:
        word = rng.choice(AFTER)
        return (
            f"{text}\\text{{ {word}}}" if style == 3 else f"{text} {word}"
        ), f"words after: {word}"
    sentence = rng.choice(PROSE)
    return sentence.format(text), f"prose: {sentence.format('...')}"


def decorated(rng: random.Random, answer: Answer) -> Mutant | None:
    """Signs around a constant that make it another value or no value."""
    node = answer.items[0]
    text = write(answer, rng)[0]
    if variables(node) or not _plain_value(node) or node.op in ("+", "neg"):
        return None
    options = {
        "plus-minus": f"\\pm {text}", "imaginary unit": f"{text}\\mathrm{{i}}", "italic i": f"{text}i",
        "letter in text": f"{text}\\text{{x}}", "letter": f"{text}x", "upright letter": f"{text}\\mathrm{{n}}",
        "not equal": f"x \\ne {text}", "negated equals sign": f"x \\not= {text}",
        "greater": f"x > {text}", "at most": f"x \\le {text}", "logarithm equation": f"\\ln x = {text}",
        "root equation": f"\\sqrt{{x}} = {text}", "sine equation": f"\\sin x = {text}",
        "another value": f"{text}, 10007", "another value by or": f"{text} \\text{{ or }} 10007",
        "two labels": f"x = {text}, y = 10007", "open interval": f"({text}, \\infty)",
        "set difference": f"\\mathbb{{R}} \\setminus \\{{{text}\\}}", "limit": f"\\infty - {text}",
        "set brackets of two": f"\\{{{text}, 10007\\}}",
        "minus one tail": f"{text} - 1", "inverse function": f"\\sin^{{-1}}({text})",
        "derivative mark": f"{text}x'", "and": f"{text} \\text{{ and }} 10007",
    }  # fmt: skip
    if node.op == "number" and node.value.denominator == 1 and node.value > 2:
        options |= {"factorial": f"{text}!", "base": f"{text}_{{11}}", "repeated bar": f"{text}.\\overline{{3}}",
                    "bar": f"{text}.\\bar{{3}}", "dot": f"{text}.\\dot{{3}}", "block": f"{text}.(3)",
                    "mixed": f"{text}\\frac12", "mixed small": f"{text}\\tfrac{{1}}2", "power": f"{text}^2",
                    "superscript": f"{text}²", "thin mixed": f"{text}\\,\\frac{{1}}{{2}}",
                    "decimal tail": f"{text}.001", "exponent notation": f"{text}e3"}  # fmt: skip
        if node.value < 11:
            del options["base"]
    chosen = rng.choice(list(options))
    return options[chosen], f"decoration: {chosen}"


def _plain_value(node: Node) -> bool:
    try:
        return abs(complex(evaluate(node, {}))) > 1e-9
    except (UndefinedValueError, OverflowError, TypeError):
        return False


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
    "interval": {"bracket kind": _ends_changed, "one side only": _one_side, "braces": _as_point_set},
    "union": {"bracket kind": _ends_changed, "intersection": _intersection, "one half": _half},
    "ratio": {"swapped": _swapped, "longer": _longer},
    "matrix": {"transposed": _transposed, "determinant": _determinant},
    "quantity": {"other unit": lambda rng, a: replace(a, mark=OTHER_UNITS[a.mark])},
    "word": {"other word": _other_word, "words around": _words_around},
    "choice": {"other letter": _other_letter},
    "plus-minus": {"one value": lambda rng, a: Answer("value", (_ends(a)[0],), label="=")},
    "base": {"other base": _other_base, "other digit": _other_digits,
             "base dropped": lambda rng, a: a.mark},
    "congruence": {"other residue": _other_residue, "other modulus": _other_modulus},
    "family": {"other period": _other_period, "other offset": _other_offset},
}  # fmt: skip
assert set(OTHER_UNITS) == set(UNITS)
