r"""What stands in \text{} and \mathrm{}: a symbol, a function, a unit, or words kept as words."""

import re

from ssdmath.answers.lexer import FUNCTIONS
from ssdmath.answers.spellings import FACES, TEXTS
from ssdmath.answers.units import unit_of

_NAMES = "|".join(sorted(TEXTS | FACES, key=len, reverse=True))
_COMMAND = re.compile(rf"\\({_NAMES})\*?(?![A-Za-z])\s?\{{((?:[^{{}}]|\{{[^{{}}]{{0,60}}\}})*)\}}")
_OLD_STYLE = re.compile(r"\{\s?\\(?:rm|bf|it|sf|tt)(?![A-Za-z])\s?([^{}]*)\}")
_BARE = re.compile(r"\\(?:mathrm|mathbf|mathit|mathsf|boldsymbol|bm)\s+([A-Za-z0-9])")
_AFTER_NUMBER = re.compile(r"(?:[\d)}]|\\pi|\\dollar|\\euro|\\pound)[\s~]*(?:\\[,;:! ]\s*)*$")
_WORD = re.compile(r"[A-Za-z]{2}")
_CHOICE = re.compile(r"\(?[A-E]\)?[.:]?")


def resolve(text: str) -> str:
    r"""Replace every text command by what it stands for; words remain as `\text{...}`."""
    text = _BARE.sub(r"\\mathrm{\1}", text)
    text = _OLD_STYLE.sub(r"\\mathrm{\1}", text)
    return _COMMAND.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    is_face = match.group(1) in FACES
    content = re.sub(r"~|\\[,;:! ]", " ", match.group(2))
    bare = content.strip().replace("$", "")
    before = match.string[max(0, match.start() - 20) : match.start()]
    after = match.string[match.end() :].lstrip()
    if not re.search(r"[A-Za-z]", bare) or "\\" in bare:
        return f" {bare} "
    if _is_function(bare, is_face, after):
        return f" \\{bare} "
    if _AFTER_NUMBER.search(before) and unit_of(bare):
        return f" \\text{{{bare}}}"
    if _CHOICE.fullmatch(bare) and "(" in bare and after:
        return f" \\text{{{bare}}} "  # \textbf{(C) } 5 names the choice before its value
    if not _WORD.search(bare) or (is_face and bare.isupper()) or bare[0].isdigit():
        return f" {bare} "
    return f" \\text{{{bare}}} "


def _is_function(bare: str, is_face: bool, after: str) -> bool:
    return bare in FUNCTIONS and (is_face or after[:1] in ("(", "\\", "{", "_"))
