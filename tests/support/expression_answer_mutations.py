"""Wrong answers made from right ones: another value, another structure, or words that change it."""

import random
from collections.abc import Iterator
from dataclasses import replace

from expression_answers import INFINITY, Answer, write
from expression_mutations import equations_differ, mutate
from expression_structure_mutations import both_values
from expression_trees import Node, number, variables
from expression_values import UndefinedValueError, compare, evaluate

Mutant = tuple[str, str]  # the text, and the name of the change
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
        old, new = (both_values(item) for item in (answer, changed))
        return all(
            any(compare(x, y) is False for x, y in zip(old, order, strict=True))
            for order in (new, new[::-1])
        )
    return True


def _cross(a: tuple[Node, ...], b: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    return ((a[0], other, b[0], changed) for other, changed in zip(a[1:], b[1:], strict=True))


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
        "plus-minus": f"\\pm {text}", "imaginary unit": f"{text}\\mathrm{{i}}",
        "italic i": f"{text}i",
        "letter in text": f"{text}\\text{{x}}", "letter": f"{text}x",
        "upright letter": f"{text}\\mathrm{{n}}",
        "not equal": f"x \\ne {text}", "negated equals sign": f"x \\not= {text}",
        "greater": f"x > {text}", "at most": f"x \\le {text}",
                    "logarithm equation": f"\\ln x = {text}",
        "root equation": f"\\sqrt{{x}} = {text}", "sine equation": f"\\sin x = {text}",
        "another value": f"{text}, 10007", "another value by or": f"{text} \\text{{ or }} 10007",
        "two labels": f"x = {text}, y = 10007", "open interval": f"({text}, \\infty)",
        "set difference": f"\\mathbb{{R}} \\setminus \\{{{text}\\}}", "limit": f"\\infty - {text}",
        "set brackets of two": f"\\{{{text}, 10007\\}}",
        "minus one tail": f"{text} - 1", "inverse function": f"\\sin^{{-1}}({text})",
        "derivative mark": f"{text}x'", "and": f"{text} \\text{{ and }} 10007",
    }  # fmt: skip
    if node.op == "number" and node.value.denominator == 1 and node.value > 2:
        options |= {"factorial": f"{text}!", "base": f"{text}_{{11}}",
                    "repeated bar": f"{text}.\\overline{{3}}",
                    "bar": f"{text}.\\bar{{3}}", "dot": f"{text}.\\dot{{3}}",
                    "block": f"{text}.(3)",
                    "mixed": f"{text}\\frac12", "mixed small": f"{text}\\tfrac{{1}}2",
                    "power": f"{text}^2",
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
