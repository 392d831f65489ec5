"""Answers as data, the names of their notations, and units."""

from dataclasses import dataclass

from expression_trees import Node

INFINITY = Node("name", value="oo")
OPERATOR_NOTATIONS = (
    "dfrac", "tfrac", "short fraction", "slash", "over", "bare exponent", "left right",
    "big brackets",
    "cdot", "times", "star", "thin space", "negative space", "wide spaces", "digit after factor",
    "operatorname", "upright function", "plain function", "function with brackets", "upright e",
    "short root", "unicode root", "plain root", "unicode pi", "plain pi", "dbinom", "choose",
    "binomial C", "power of function", "lvert", "caret brackets", "square brackets", "exp function",
    "unicode minus", "unicode superscript",
)  # fmt: skip
WRAPPINGS = ("dollars", "displaystyle", "trailing period", "outer blanks", "bold", "text around")
STRUCTURES = (
    "label", "approximate label", "expression label", "and", "text and", "semicolons",
    "set as list",
    "bare set braces", "list as set", "chain", "turned chain", "membership", "ascii relations",
    "slanted relations", "set builder", "real numbers", "unions by or", "bmatrix", "upright unit",
    "plain unit", "unit after thin space", "no unit", "no base", "percent word", "degree word",
    "upright word",
    "bold word", "plain word", "capital word", "word in brackets", "two values for plus-minus",
    "minus-plus", "other letter", "pmod", "set difference", "tuple with blanks", "sides swapped",
)  # fmt: skip
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
