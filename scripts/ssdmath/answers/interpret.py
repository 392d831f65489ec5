"""What kind of thing an answer is: a scalar, several answers, a tuple, a set, an interval, ..."""

import re
from dataclasses import replace

from ssdmath.answers import congruences, intervals, parser
from ssdmath.answers.labels import is_label
from ssdmath.answers.matrices import matrix
from ssdmath.answers.normalise import grouped_commas, tidy, tight
from ssdmath.answers.relations import relation
from ssdmath.answers.rewordings import each_named, reworded
from ssdmath.answers.value import Value, closing, deepest, scalar, split
from ssdmath.answers.verbal import in_words, without_text_commands

MAX_ITEMS = 400
MAX_NESTING = 70

_AND = re.compile(
    r"\s*,?\s*(?:\\text\s?\{\s*,?(?:and|or)\s*\}|(?<![A-Za-z\\])(?:and|or)(?![A-Za-z]))"
)
_WORD = {word: re.compile(rf"(?<![A-Za-z]){word}(?![A-Za-z])") for word in ("or", "and")}
_INEQUALITY = re.compile(r"\\(?:le|ge|ne)(?![A-Za-z])|[<>]")
_PLUS_MINUS = re.compile(r"\\(pm|mp)(?![A-Za-z])")
_EMPTY = frozenset({"\\emptyset", "\\{\\}", "nosolution", "nosolutions", "norealsolutions"})
_CHOICE = re.compile(r"\\text\s?\{\(([A-E])\)[.:]?\}\s?(?=.)")
_POINT = re.compile(r"[A-Z]\s?(?=\([^()]*,[^()]*\)$)")
_POWER_OF_TEN = re.compile(r"(?<![A-Za-z\d.])(\d+(?:\.\d*)?)[eE]([-+]\d{1,4})(?!\d)")


def readings(text: str) -> tuple[Value, ...]:
    """The ways to read an answer, likeliest first: 1,234 is a number, and may be two."""
    cleaned = tidy(text)
    if len(cleaned) > parser.MAX_CHARACTERS or deepest(cleaned) > MAX_NESTING:
        return (Value("opaque", cleaned),)
    grouped = grouped_commas(cleaned)
    values = [structure(cleaned)]
    if grouped != cleaned:
        values.insert(0, structure(grouped))
    choice = _CHOICE.match(cleaned)  # (C) 5 is the value 5, and the choice C
    if choice:
        values.append(Value("scalar", choice[1], expr=parser.parse(choice[1])))
    point = _POINT.match(cleaned)  # C(3,4) is a binomial, and the point C
    if point:
        values.append(structure(cleaned[point.end() :]))
    if chain := each_named(cleaned):  # a = b = c = 1 is 1, and the tuple (1, 1, 1)
        values.append(structure(chain))
    if _POWER_OF_TEN.search(cleaned):  # 1.5e-3 may be Euler's number
        values.append(structure(_POWER_OF_TEN.sub(r"(\1*10^{\2})", cleaned)))
    return tuple(values)


def structure(text: str) -> Value:
    """The structure of a tidied text; kind `opaque` when it is not understood."""
    text = reworded(congruences.with_parameter(text))
    if tight(text).casefold() in _EMPTY or without_text_commands(text).casefold() in _EMPTY:
        return Value("set", text)
    special = intervals.read(text, structure) or in_words(text)
    if special:
        return special
    joined = next((word for word in ("or", "and") if _WORD[word].search(text)), "")
    text = _unbraced(_AND.sub(",", text))
    modular = congruences.congruence(text, structure)
    if modular:
        return modular
    parts = split(text, ",;")
    if len(parts) > 1:
        return _several(text, [part for part in parts if part], joined)
    return _one(text)


def _unbraced(text: str) -> str:
    """{5} is 5, and {2,3,5} is a set."""
    if text[:1] != "{" or text[-1:] != "}" or not _encloses(text):
        return text
    inner = text[1:-1].strip()
    return f"\\{{{inner}\\}}" if len(split(inner, ",;")) > 1 else inner


def _several(text: str, parts: list[str], joined: str = "") -> Value:
    """Several answers; `joined` is the word between them, and empty for commas."""
    family = congruences.family(text, parts, structure) if parts else None
    if family:
        return family
    items: list[Value] = []
    for part in parts[: MAX_ITEMS + 1]:
        value = structure(part)
        items.extend(value.items if value.kind == "list" else [value])
    if len(items) > MAX_ITEMS or not items:
        return Value("opaque", text)
    if all(item.kind in ("interval", "union") for item in items):
        joint = None if joined == "or" else _joint(text, parts, items)
        contradiction = joint is None and joined == "and" and _INEQUALITY.search(text)
        return joint or Value("opaque" if contradiction else "union", text, tuple(items))
    return Value("list", text, tuple(items), ends="or" * (joined == "or"))


def _joint(text: str, parts: list[str], items: list[Value]) -> Value | None:
    """What satisfies all of several inequalities; None where nothing does: then any was meant."""
    if not all(_INEQUALITY.search(part) for part in parts):
        return None
    common = intervals.LINE
    for item in items:
        pieces = intervals.pieces_of(item)
        if pieces is None:
            return None
        common = intervals.intersect(common, pieces)
    return intervals.value_of(text, common) if common else None


def _one(text: str) -> Value:
    member = re.split(r"\\in(?![A-Za-z])", text)
    if len(member) == 2 and is_label(member[0]):
        return structure(member[1].strip())
    # the signs in {0, \pm1} belong to the elements
    signs_found = [] if text.startswith("\\{") else _PLUS_MINUS.findall(text)
    if len(signs_found) > len(set(signs_found)):
        return Value("opaque", text)  # \pm1\pm\sqrt2 is two numbers to some, four to others
    if signs_found:
        plus = _PLUS_MINUS.sub(lambda m: "+" if m[1] == "pm" else "-", text)
        minus = _PLUS_MINUS.sub(lambda m: "-" if m[1] == "pm" else "+", text)
        return _several(text, [plus, minus])
    pieces = re.split(r"\\cup(?![A-Za-z])", text)
    if len(pieces) > 1:
        items = tuple(structure(piece.strip()) for piece in pieces)
        if all(item.kind == "set" for item in items):
            elements = {tight(element.text): element for item in items for element in item.items}
            return Value("set", text, tuple(elements.values()))
        known = all(item.kind in ("interval", "tuple", "set", "union") for item in items)
        return Value("union" if known else "opaque", text, items)
    return relation(text, structure) or _bracketed(text) or scalar(text)


def _bracketed(text: str) -> Value | None:
    array = matrix(text, structure)
    if array:
        return array
    body, ends = _body(text)
    if not ends:
        return None
    parts = split(body, ",;")
    if ends == "\\{\\}":
        value = _several(text, parts)
        return replace(value, kind="set" if value.kind in ("list", "union") else "opaque")
    if len(parts) == 1:
        return None
    items = tuple(structure(part) for part in parts)
    if any(item.kind == "opaque" for item in items) or len(items) > MAX_ITEMS:
        return Value("opaque", text, items)
    if len(items) == 2 and ends in ("[]", "[)", "(]"):
        return Value("interval", text, items, ends=ends)
    return Value("tuple", text, items)


def _body(text: str) -> tuple[str, str]:
    """What one pair of brackets around the whole text encloses, and which brackets."""
    for left, right in (("\\{", "\\}"), ("\\langle", "\\rangle")):
        if text.startswith(left) and text.endswith(right):
            return text[len(left) : -len(right)].strip(), "\\{\\}" if left == "\\{" else "()"
    if re.match(r"[A-Za-z] ?(?:\[|\(.*\]$)", text):
        text = text[1:].lstrip()  # `t(0,4]`: the variable written before its interval
    if len(text) > 2 and text[0] in "([" and text[-1] in ")]" and _encloses(text):
        return text[1:-1].strip(), text[0] + text[-1]
    return "", ""


def _encloses(text: str) -> bool:
    """Whether the first bracket closes with the last character."""
    return closing(text) == len(text) - 1
