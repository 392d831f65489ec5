"""What kind of thing an answer is: a scalar, several answers, a tuple, a set, an interval, ..."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from ssdmath.answers import expressions
from ssdmath.answers.tidy import grouped_commas, tidy, tight
from ssdmath.answers.tree import Expr, ParseError
from ssdmath.answers.units import split_unit

Kind = Literal[
    "scalar", "word", "tuple", "list", "set", "interval", "union", "relation", "matrix", "opaque"
]
MAX_ITEMS = 400
MAX_WORD = 60

_OPENING, _CLOSING = "([{", ")]}"
_AND = re.compile(
    r"\s*,?\s*(?:\\text\s?\{\s*,?(?:and|or)\s*\}|(?<![A-Za-z\\])(?:and|or)(?![A-Za-z]))"
)
_RELATIONS = re.compile(r"\\le(?![A-Za-z])|\\ge(?![A-Za-z])|\\ne(?![A-Za-z])|<|>|=")
_LABEL = re.compile(
    r"(?:\\(?:angle|overline|triangle|mathbb|operatorname|text)\s?)?\{?\s?"
    r"[A-Za-z\\][A-Za-z\\' ]{0,20}(?:_(?:\{[^{}]{1,12}\}|\w))?(?:\^\\circ)?\s?\}?"
    r"(?:[A-Z\s](?:_(?:\{[^{}]{1,12}\}|\w))?){0,4}\s?(?:\([A-Za-z0-9, ]{1,20}\))?",
    re.ASCII,
)
_TEXT = re.compile(r"\\text\s?\{([^{}]*)\}")
_EMPTY = frozenset({"\\emptyset", "\\{\\}", "nosolution", "nosolutions", "norealsolutions"})
_FLIPPED = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}


@dataclass(frozen=True, slots=True)
class Value:
    """An answer's structure; `text` is the tidied source of this part."""

    kind: Kind
    text: str
    items: tuple["Value", ...] = ()
    expr: Expr | None = None
    unit: str = ""
    label: str = ""
    ends: str = ""  # of an interval: "()", "[)", "(]", "[]"; of a relation: its operator


def readings(text: str) -> tuple[Value, ...]:
    """The ways to read an answer, likeliest first: 1,234 is a number, and may be two."""
    cleaned = tidy(text)
    grouped = grouped_commas(cleaned)
    found = [structure(cleaned)]
    if grouped != cleaned:
        found.insert(0, structure(grouped))
    return tuple(found)


def structure(text: str) -> Value:
    """The structure of a tidied text; kind `opaque` when it is not understood."""
    if tight(text).casefold() in _EMPTY or _plain(text).casefold() in _EMPTY:
        return Value("set", text)
    if len(text) > expressions.MAX_CHARACTERS:
        return Value("opaque", text)
    word = _word(text)
    if word:
        return Value("word", word)
    text = _AND.sub(",", text)
    parts = split(text, ",;")
    if len(parts) > 1:
        return _several(text, [part for part in parts if part])
    return _one(text)


def _several(text: str, parts: list[str]) -> Value:
    items: list[Value] = []
    for part in parts[: MAX_ITEMS + 1]:
        found = structure(part)
        items.extend(found.items if found.kind == "list" else [found])
    if len(items) > MAX_ITEMS or not items:
        return Value("opaque", text)
    if all(item.kind in ("interval", "union") for item in items):
        return Value("union", text, tuple(items))
    return Value("list", text, tuple(items))


def _one(text: str) -> Value:
    if "\\pm" in text or "\\mp" in text:
        plus = text.replace("\\pm", "+").replace("\\mp", "-")
        minus = text.replace("\\pm", "-").replace("\\mp", "+")
        return _several(text, [plus, minus])
    pieces = re.split(r"\\cup(?![A-Za-z])", text)
    if len(pieces) > 1:
        items = tuple(structure(piece.strip()) for piece in pieces)
        known = all(item.kind in ("interval", "tuple", "set", "union") for item in items)
        return Value("union" if known else "opaque", text, items)
    text = re.split(r"\\approx(?![A-Za-z])", text)[0].strip()
    head, member, tail = text.partition("\\in ")
    if member and _LABEL.fullmatch(head.strip()):
        return structure(tail.strip())
    return _relation(text) or _bracketed(text) or _scalar(text)


def split(text: str, separators: str) -> list[str]:
    """Split at separators outside every bracket; unbalanced closings count as balanced."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and char in separators:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def _plain(text: str) -> str:
    return re.sub(r"[\s.]", "", _TEXT.sub(r"\1", text))


def _word(text: str) -> str:
    r"""The words of an answer that is words (`\text{Yes}`, `Monday`, `BACD`), case kept off."""
    inner = _TEXT.sub(r"\1", text).strip().strip("().'\" ")
    if not inner or len(inner) > MAX_WORD or not re.fullmatch(r"[A-Za-z][A-Za-z' -]*", inner):
        return ""
    run = inner.replace(" ", "")
    if len(run) == 1 or (inner == text and run in ("pi", "sqrt")):
        return ""
    is_word = (
        "\\text" in text or len(run) >= 4 or run.isupper() or inner.casefold() in ("yes", "no")
    )
    return inner.casefold() if is_word else ""


def _relation(text: str) -> Value | None:
    operators = [match for match in _RELATIONS.finditer(text) if _outside(text, match.start())]
    if not operators or len(operators) > 6:
        return None
    cuts = [0, *(at for match in operators for at in match.span()), len(text)]
    sides = [text[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    signs = [match.group() for match in operators]
    if not all(sides):
        return Value("opaque", text)
    if set(signs) == {"="}:
        return _equation(text, sides)
    interval = _interval_of(text, sides, signs)
    if interval:
        return interval
    if len(signs) > 1:
        return Value("opaque", text)
    left, right = (sides[1], sides[0]) if signs[0] in (">", "\\ge") else (sides[0], sides[1])
    sign = _FLIPPED[signs[0]] if signs[0] in (">", "\\ge") else signs[0]
    return _difference(text, left, right, sign)


def _equation(text: str, sides: list[str]) -> Value:
    if _LABEL.fullmatch(sides[0]):
        return replace(structure(sides[-1]), label=tight(sides[0]))
    values = [_scalar(side) for side in sides]
    if all(value.expr is not None and not value.expr.names() for value in values):
        return values[-1]  # 2^{10} = 1024: a chain of numbers ends in the answer
    if len(sides) == 2 and _LABEL.fullmatch(sides[1]) and values[0].kind == "scalar":
        return replace(values[0], label=tight(sides[1]))
    return _difference(text, sides[0], sides[-1], "=") if len(sides) == 2 else Value("opaque", text)


def _difference(text: str, left: str, right: str, sign: str) -> Value:
    a, b = _scalar(left), _scalar(right)
    if a.expr is None or b.expr is None:
        return Value("opaque", text)
    expr = Expr("+", (a.expr, Expr("neg", (b.expr,))))
    return Value("relation", text, expr=expr, ends=sign)


def _interval_of(text: str, sides: list[str], signs: list[str]) -> Value | None:
    r"""X < 2, 0 < x \le 4 or 4 \ge x > 0 as an interval of the one variable."""
    if signs[0] in (">", "\\ge"):
        sides, signs = sides[::-1], [_FLIPPED.get(sign, sign) for sign in signs[::-1]]
    values = [_scalar(side) for side in sides]
    names = [value.expr.names() if value.expr else frozenset({"?"}) for value in values]
    at = [
        i for i, value in enumerate(values) if value.expr and value.expr.op == "name" and names[i]
    ]
    bounds = [i for i in range(len(values)) if not names[i]]
    if len(at) != 1 or len(bounds) != len(values) - 1 or not set(signs) <= {"<", "\\le"}:
        return None
    if len(values) > 3 or (len(values) == 3 and at != [1]):
        return None
    low = values[0] if at[0] > 0 else _scalar("-\\infty")
    high = values[-1] if at[0] < len(values) - 1 else _scalar("\\infty")
    left = "[" if at[0] > 0 and signs[0] == "\\le" else "("
    right = "]" if at[0] < len(values) - 1 and signs[-1] == "\\le" else ")"
    return Value("interval", text, (low, high), ends=left + right)


def _outside(text: str, at: int) -> bool:
    before = text[:at]
    return sum(before.count(c) for c in _OPENING) <= sum(before.count(c) for c in _CLOSING)


def _bracketed(text: str) -> Value | None:
    matrix = re.fullmatch(
        r"\\begin\s?\{([pbvBV]?matrix|array)\}(.*)\\end\s?\{\1\}", text, re.DOTALL
    )
    if matrix:
        return _matrix(text, re.sub(r"^\s*\{[lcr| ]{1,40}\}", "", matrix.group(2)))
    body, ends = _body(text)
    if not ends:
        return None
    parts = split(body, ",;")
    if ends == "\\{\\}":
        found = _several(text, parts)
        return replace(found, kind="set" if found.kind in ("list", "union") else "opaque")
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
    if re.match(r"[A-Za-z] ?[(\[]", text) and (text[-1:] == "]" or "[" in text[:3]):
        text = text[1:].lstrip()  # `t(0,4]`: the variable written before its interval
    if len(text) > 2 and text[0] in "([" and text[-1] in ")]":
        depth = 0
        for at, char in enumerate(text):
            depth += (char in _OPENING) - (char in _CLOSING)
            if depth == 0:
                return (text[1:-1].strip(), text[0] + text[-1]) if at == len(text) - 1 else ("", "")
    return "", ""


def _matrix(text: str, body: str) -> Value:
    rows = []
    for row in re.split(r"\\newrow", body):
        cells = tuple(structure(cell) for cell in split(row, "&"))
        if row.strip():
            rows.append(Value("tuple", row.strip(), cells))
    if not rows or any(cell.kind == "opaque" for row in rows for cell in row.items):
        return Value("opaque", text)
    return Value("matrix", text, tuple(rows))


def _scalar(text: str) -> Value:
    ratio = split(text, ":")
    if len(ratio) > 2:
        return Value("tuple", text, tuple(_scalar(part) for part in ratio))
    if len(ratio) == 2:
        text = f"({ratio[0]})/({ratio[1]})"
    body, unit = split_unit(text)
    try:
        return Value("scalar", body, expr=expressions.parse(body), unit=unit)
    except ParseError:
        return Value("opaque", text)
