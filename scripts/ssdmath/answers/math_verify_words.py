r"""Plain words and loose blanks, spelled out for math-verify.

It reads `pi`, `sin(2)` and `sqrt2` as products of letters, ` sqrt(2)` not at all, C(5, 2) as an
unknown function, takes what follows `\log _{3}` for several factors, and adds in 2\binom{5}{2}.
"""

import re

from ssdmath.answers.lexer import FUNCTIONS
from ssdmath.answers.syntax import words
from ssdmath.answers.value import closing, split

_READ_AS_CALLS = FUNCTIONS - words("log lg")  # a plain `log` may have either base
_WORD = re.compile(r"(?<![A-Za-z\\])([A-Za-z]{2,6})(?![A-Za-z'])")
_BLANKS = re.compile(r"\s*([\^_])\s*")
_DECIMAL_LOGARITHM = re.compile(r"\\?(?<![A-Za-z])lg(?![A-Za-z'])")
_CALL = re.compile(r"(?P<name>\\sqrt|(?<![A-Za-z\\])(?:C|floor|ceil|abs|sqrt))\s?(?=\()")
_CHOSEN = re.compile(r"(?<![A-Za-z\\])C_(?:\{(\d+)\}|(\d))\^(?:\{(\d+)\}|(\d))")
_TIMES_BINOMIAL = re.compile(r"(?<=\d)\s?\\binom")
_ROOT = re.compile(r"(?<![A-Za-z\\])sqrt\s?(?=\d)")
_ENCLOSED = {
    "floor": "\\lfloor {}\\rfloor ", "ceil": "\\lceil {}\\rceil ", "abs": "|{}|",
    "sqrt": "\\sqrt{{{}}}",
}  # fmt: skip
_MOST_CALLS = 40


def in_commands(text: str) -> str:
    """The same expression with commands for its words."""
    text = _BLANKS.sub(r"\1", text)
    text = _DECIMAL_LOGARITHM.sub(r"\\log_{10}", text)
    text = _CHOSEN.sub(lambda m: f"\\binom{{{m[1] or m[2]}}}{{{m[3] or m[4]}}}", text)
    text = _ROOT.sub(r"\\sqrt ", text)
    return _TIMES_BINOMIAL.sub(r"*\\binom", _WORD.sub(_command, _calls(text)))


def _command(match: re.Match[str]) -> str:
    word = match[1]
    if word == "pi":
        return "\\pi "
    based = word == "log" and match.string[match.end() :].startswith("_")
    return f"\\{word}" if word in _READ_AS_CALLS or based else word


def _calls(text: str) -> str:
    """Replace each call whose brackets close; the others stay as they are."""
    at = 0
    for _ in range(_MOST_CALLS):
        match = _CALL.search(text, at)
        if match is None:
            break
        at = match.end()
        end = closing(text, at)
        made = None if end is None else _made(match["name"].lstrip("\\"), text[at + 1 : end])
        if made is not None and end is not None:
            text = text[: match.start()] + made + text[end + 1 :]
            at = match.start() + 1
    return text


def _made(name: str, inside: str) -> str | None:
    if name != "C":
        return _ENCLOSED[name].format(inside)
    parts = split(inside, ",")
    return f"\\binom{{{parts[0]}}}{{{parts[1]}}}" if len(parts) == 2 else None
