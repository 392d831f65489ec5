"""What kind of thing an answer is: a scalar, several answers, a tuple, a set, an interval, ..."""

import re
from dataclasses import replace

from ssdmath.answers import parser
from ssdmath.answers.normalise import grouped_commas, tidy, tight
from ssdmath.answers.relations import is_label, relation
from ssdmath.answers.value import CLOSING, OPENING, Value, deepest, scalar, split

MAX_ITEMS = 400
MAX_WORD = 60
MAX_NESTING = 70

_AND = re.compile(
    r"\s*,?\s*(?:\\text\s?\{\s*,?(?:and|or)\s*\}|(?<![A-Za-z\\])(?:and|or)(?![A-Za-z]))"
)
_TEXT = re.compile(r"\\text\s?\{([^{}]*)\}")
_EMPTY = frozenset({"\\emptyset", "\\{\\}", "nosolution", "nosolutions", "norealsolutions"})


def readings(text: str) -> tuple[Value, ...]:
    """The ways to read an answer, likeliest first: 1,234 is a number, and may be two."""
    cleaned = tidy(text)
    if len(cleaned) > parser.MAX_CHARACTERS or deepest(cleaned) > MAX_NESTING:
        return (Value("opaque", cleaned),)
    grouped = grouped_commas(cleaned)
    found = [structure(cleaned)]
    if grouped != cleaned:
        found.insert(0, structure(grouped))
    return tuple(found)


def structure(text: str) -> Value:
    """The structure of a tidied text; kind `opaque` when it is not understood."""
    if tight(text).casefold() in _EMPTY or _plain(text).casefold() in _EMPTY:
        return Value("set", text)
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
    member = re.split(r"\\in(?![A-Za-z])", text)
    if len(member) == 2 and is_label(member[0]):
        return structure(member[1].strip())
    return relation(text, structure) or _bracketed(text) or scalar(text)


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
            depth += (char in OPENING) - (char in CLOSING)
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
