"""The class an answer belongs to, as text: equal answers share it, so that votes can be counted."""

from collections.abc import Callable

from ssdmath.answers import digits, rational
from ssdmath.answers.interpret import readings
from ssdmath.answers.intervals import infinity
from ssdmath.answers.normalise import tight
from ssdmath.answers.value import Value

LONGEST_TEXT = 200
_WRAPPED = {"tuple": "({})", "list": "{{{}}}", "set": "{{{}}}", "matrix": "[{}]", "union": "{}",
            "ratio": "ratio {}", "congruence": "congruence {}", "family": "family {}"}  # fmt: skip

ScalarKey = Callable[[Value], str | None]


def canonical(answer: str) -> str:
    r"""The class of an answer: `3/4` for 0.75 and \frac{3}{4}; digits for irrational values."""
    key = class_key(readings(answer)[0], numeric_key)
    return key if key is not None else text_key(answer)


def text_key(text: str) -> str:
    """The class of an answer that is compared as text only."""
    found = tight(text)
    return "text " + (found if len(found) <= LONGEST_TEXT else digits.digits_key(found))


def class_key(value: Value, scalar_key: ScalarKey) -> str | None:
    """The class of a structure; None when `scalar_key` cannot name one of its scalars."""
    if value.kind == "opaque":
        return text_key(value.text)
    if value.kind == "word":
        return value.text
    if value.kind in ("scalar", "relation"):
        return scalar_key(value)
    keys = [class_key(item, scalar_key) for item in value.items]
    nameable = [key for key in keys if key is not None]
    if len(nameable) < len(keys):
        return None
    if value.kind == "interval":
        return f"{value.ends[0]}{', '.join(nameable)}{value.ends[1]}"
    ordered = sorted(nameable) if value.kind in ("set", "list", "union") else nameable
    return _WRAPPED[value.kind].format((" U " if value.kind == "union" else ", ").join(ordered))


def exact_key(value: Value) -> str | None:
    """The class of a rational or infinite scalar; None for any other."""
    if value.expr is None or value.kind == "relation":
        return None
    sign = infinity(value.expr)
    if sign:
        return "oo" if sign > 0 else "-oo"
    number = rational.value(value.expr)
    return None if number is None else digits.key(number)


def numeric_key(value: Value) -> str | None:
    """The class of any scalar or relation; None when it has no value in reach."""
    from ssdmath.answers import numeric  # mpmath: not needed for rational answers

    found = exact_key(value)
    if found is not None or value.expr is None:
        return found
    if value.kind == "relation":
        body = numeric.relation_key(value.expr)
        return None if body is None else f"{body} {value.ends} 0"
    return numeric.key(value.expr)
