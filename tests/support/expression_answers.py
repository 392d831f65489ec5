"""Answers built of expressions: structures, quantities and words, and how they are written."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from expression_notation import CALL, NOTATIONS, Writer
from expression_trees import Node, variables

WRAPPINGS = ("dollars", "displaystyle", "trailing period", "outer blanks", "bold", "text around")
STRUCTURES = (
    "label", "approximate label", "expression label", "and", "text and", "semicolons", "set as list",
    "bare set braces", "list as set", "chain", "turned chain", "membership", "ascii relations",
    "slanted relations", "set builder", "real numbers", "unions by or", "bmatrix", "upright unit",
    "plain unit", "unit after thin space", "no unit", "percent word", "degree word", "upright word",
    "bold word", "plain word", "capital word", "word in brackets", "two values for plus-minus",
    "minus-plus", "other letter", "pmod", "set difference", "tuple with blanks", "sides swapped",
)  # fmt: skip
ALL_NOTATIONS = (*NOTATIONS, *STRUCTURES, *WRAPPINGS)
UNITS = {
    "cm": ("cm", "centimetres"), "m": ("m", "metres"), "km": ("km", "kilometres"),
    "hours": ("hours", "h"), "minutes": ("minutes", "min"), "seconds": ("seconds", "s"),
    "kg": ("kg", "kilograms"), "dollars": ("dollars",), "km/h": ("km/h",), "m/s": ("m/s",),
    "cm^2": ("cm^2",), "cm^3": ("cm^3",), "m^2": ("m^2",),
}  # fmt: skip
LABELS = ("expression label", "approximate label", "label")


@dataclass(frozen=True, slots=True)
class Answer:
    """A kind of answer, its expressions, and a mark: unit, interval ends, word, label, ..."""

    kind: str
    items: tuple[Node, ...] = ()
    mark: str = ""
    label: str = "x"


def write(answer: Answer, rng: random.Random, enabled: Iterable[str] = ()) -> tuple[str, set[str]]:
    """The text of an answer, and the notations that made it differ from the usual spelling."""
    writer = Writer(rng, enabled)
    text = _WRITERS[answer.kind](writer, answer)
    return _wrapped(writer, answer, text), writer.used


def _wrapped(writer: Writer, answer: Answer, text: str) -> str:
    bare = (
        text.replace(" ", "").isalnum()
        and answer.kind == "value"
        and not variables(answer.items[0])
    )
    style = writer.pick("bold", "text around") if bare and text.isdigit() else ""
    if style:
        text = f"\\{writer.rng.choice(['text', 'textbf']) if style == 'text around' else 'mathbf'}{{{text}}}"
    if writer.pick("displaystyle"):
        text = "\\displaystyle " + text
    if writer.pick("trailing period"):
        text += "."
    if writer.pick("dollars"):
        text = f"${text}$"
    return f" {text} " if writer.pick("outer blanks") else text


def _value(writer: Writer, answer: Answer) -> str:
    text = writer.write(answer.items[0], alone=True)
    if "=" in answer.label:
        return text
    style = writer.pick(*LABELS)
    if style == "approximate label":
        return f"{answer.label} \\approx {text}"
    if style == "expression label":
        return f"{writer.rng.choice(['x^2+y^2', 'm+n', 'AB^2', 'f(2)', 'ab+bc+ca'])} = {text}"
    return f"{answer.label} = {text}" if style else text


def _items(writer: Writer, answer: Answer) -> list[str]:
    writer.within_list = True
    return [writer.write(item) for item in answer.items]


def _tuple(writer: Writer, answer: Answer) -> str:
    comma = ", " if writer.pick("tuple with blanks") else ","
    return writer.bracketed(comma.join(_items(writer, answer)))


def _set(writer: Writer, answer: Answer) -> str:
    inner = ",".join(_items(writer, answer))
    style = writer.pick("set as list", "bare set braces")
    if style:
        return inner if style == "set as list" else f"{{{inner}}}"
    if writer.pick("left right"):
        return f"\\left\\{{{inner}\\right\\}}"
    return f"\\{{{inner}\\}}"


def _list(writer: Writer, answer: Answer) -> str:
    items = _items(writer, answer)
    style = writer.pick("and", "text and", "semicolons", "list as set", "bare set braces")
    if style == "semicolons":
        return "; ".join(items)
    if style == "list as set":
        return f"\\{{{', '.join(items)}\\}}"
    if style == "bare set braces":
        return f"{{{', '.join(items)}}}"
    last = {"and": " and ", "text and": " \\text{ and } "}.get(style, ", ")
    return ", ".join(items[:-1]) + last + items[-1]


def _interval(writer: Writer, answer: Answer) -> str:
    left, right = _items(writer, answer)
    if answer.items[0] == Node("neg", (INFINITY,)) and answer.items[1] == INFINITY:
        if writer.pick("real numbers"):
            return writer.rng.choice(["\\mathbb{R}", "\\mathbb R", "x \\in \\mathbb{R}"])
        return f"({left},{right})"
    style = writer.pick("chain", "turned chain", "membership", "set builder")
    if style in ("", "membership"):
        body = f"{answer.mark[0]}{left},{right}{answer.mark[1]}"
        return f"{answer.label} \\in {body}" if style else body
    chain = _chain(writer, answer, left, right, turned=style == "turned chain")
    if style == "set builder":
        bar = writer.rng.choice(["\\mid", ":"])
        return f"\\{{{answer.label} {bar} {chain}\\}}"
    return chain


def _chain(writer: Writer, answer: Answer, left: str, right: str, *, turned: bool) -> str:
    """The inequality that an interval is."""
    below, above = (_sign(writer, closed=end in "[]", greater=turned) for end in answer.mark)
    if answer.items[0].op == "neg" and answer.items[0].args[0] == INFINITY:
        return f"{right} {above} {answer.label}" if turned else f"{answer.label} {above} {right}"
    if answer.items[1] == INFINITY:
        opposite = _sign(writer, closed=answer.mark[0] == "[", greater=not turned)
        pair = (answer.label, left) if not turned else (left, answer.label)
        return f"{pair[0]} {opposite} {pair[1]}"
    if turned:
        return f"{right} {above} {answer.label} {below} {left}"
    return f"{left} {below} {answer.label} {above} {right}"


def _sign(writer: Writer, *, closed: bool, greater: bool) -> str:
    if not closed:
        return ">" if greater else "<"
    style = writer.pick("ascii relations", "slanted relations")
    if style == "ascii relations":
        return ">=" if greater else "<="
    return ("\\ge" if greater else "\\le") + ("qslant" if style else writer.rng.choice(["", "q"]))


INFINITY = Node("name", value="oo")


def _union(writer: Writer, answer: Answer) -> str:
    halves = [
        Answer("interval", answer.items[at : at + 2], answer.mark[at : at + 2]) for at in (0, 2)
    ]
    if writer.pick("unions by or"):
        chains = [_chain(writer, half, *_items(writer, half), turned=False) for half in halves]
        return f" {writer.rng.choice(['or', chr(92) + 'text{ or }'])} ".join(chains)
    enabled = writer.enabled - {"chain", "turned chain", "membership", "set builder"}
    inner = Writer(writer.rng, enabled)
    text = " \\cup ".join(_interval(inner, half) for half in halves)
    writer.used |= inner.used
    return text


def _ratio(writer: Writer, answer: Answer) -> str:
    text = ":".join(_items(writer, answer))
    if len(answer.items) == 2 and writer.pick("label"):
        return f"S:T = {text}"
    return text


def _matrix(writer: Writer, answer: Answer) -> str:
    items, columns = _items(writer, answer), int(answer.mark)
    rows = [" & ".join(items[at : at + columns]) for at in range(0, len(items), columns)]
    name = "bmatrix" if writer.pick("bmatrix") else "pmatrix"
    return f"\\begin{{{name}}} {f' {chr(92) * 2} '.join(rows)} \\end{{{name}}}"


def _quantity(writer: Writer, answer: Answer) -> str:
    text = writer.write(answer.items[0])
    style = writer.pick("no unit", "upright unit", "plain unit", "unit after thin space")
    if style == "no unit":
        return text
    unit = writer.rng.choice(UNITS[answer.mark])
    unit, power, exponent = unit.partition("^")
    if style == "plain unit":
        return f"{text} {unit}{power}{exponent}"
    command = "mathrm" if style == "upright unit" else "text"
    space = "\\," if style == "unit after thin space" else "\\text" and " "
    return f"{text}{space}\\{command}{{{unit}}}{power}{exponent}"


def _percent(writer: Writer, answer: Answer) -> str:
    style = writer.pick("percent word", "no unit")
    return writer.write(answer.items[0]) + {"": "\\%", "percent word": "\\text{ percent}"}.get(
        style, ""
    )


def _degrees(writer: Writer, answer: Answer) -> str:
    style = writer.pick("degree word", "no unit")
    ending = writer.rng.choice(["^\\circ", "^{\\circ}", "°"])
    return writer.write(answer.items[0]) + {"": ending, "degree word": "\\text{ degrees}"}.get(
        style, ""
    )


def _word(writer: Writer, answer: Answer) -> str:
    word = answer.mark.capitalize() if writer.pick("capital word") else answer.mark
    style = writer.pick("upright word", "bold word", "plain word")
    command = {"": "text", "upright word": "mathrm", "bold word": "textbf"}.get(style)
    return f"\\{command}{{{word}}}" if command else word


def _choice(writer: Writer, answer: Answer) -> str:
    letter = f"({answer.mark})" if writer.pick("word in brackets") else answer.mark
    style = writer.pick("upright word", "bold word", "plain word")
    command = {"": "text", "upright word": "mathrm", "bold word": "textbf"}.get(style)
    return f"\\{command}{{{letter}}}" if command else letter


def _plus_minus(writer: Writer, answer: Answer) -> str:
    centre, offset = answer.items
    writer.within_list = True
    if writer.pick("two values for plus-minus"):
        return f"{writer.write(centre + offset)}, {writer.write(centre - offset)}"
    sign = "\\mp" if writer.pick("minus-plus") else "\\pm"
    return f"{writer.write(centre)} {sign} {writer.at_least(offset, CALL)}"


def _equation(writer: Writer, answer: Answer) -> str:
    sides = [writer.write(item) for item in answer.items]
    if writer.pick("sides swapped"):
        sides.reverse()
    return " = ".join(sides)


def _based(writer: Writer, answer: Answer) -> str:
    base = answer.items[0].value
    return (
        f"{answer.mark}_{base}"
        if base < 10 and writer.pick("bare exponent")
        else f"{answer.mark}_{{{base}}}"
    )


def _family(writer: Writer, answer: Answer) -> str:
    letter = "n" if writer.pick("other letter") else "k"
    step = answer.items[1] * Node("name", value=letter)
    condition = writer.rng.choice([f", {letter} \\in \\mathbb{{Z}}", f", {letter}\\in\\mathbb Z"])
    return f"{answer.label} = " + writer.write(answer.items[0] + step) + condition


def _congruence(writer: Writer, answer: Answer) -> str:
    residue, modulus = _items(writer, answer)
    if writer.pick("pmod"):
        return f"{answer.label} \\equiv {residue} \\pmod {modulus}"
    return f"{answer.label} \\equiv {residue} \\pmod{{{modulus}}}"


_WRITERS: dict[str, Callable[[Writer, Answer], str]] = {
    "value": _value, "tuple": _tuple, "set": _set, "list": _list, "interval": _interval,
    "union": _union, "ratio": _ratio, "matrix": _matrix, "quantity": _quantity, "percent": _percent,
    "degrees": _degrees, "word": _word, "choice": _choice, "plus-minus": _plus_minus,
    "equation": _equation, "base": _based, "family": _family, "congruence": _congruence,
}  # fmt: skip
