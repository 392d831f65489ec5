r"""What stands in \text{} and \mathrm{}: a symbol, a function, a unit, or words kept as words."""

import re

from ssdmath.answers.lexer import FUNCTIONS
from ssdmath.answers.spellings import FACES, RENAMED, TEXTS
from ssdmath.answers.units import unit_of

_NAMES = "|".join(sorted(TEXTS | FACES, key=len, reverse=True))
_COMMAND = re.compile(rf"\\({_NAMES})\*?(?![A-Za-z])\s?\{{((?:[^{{}}]|\{{[^{{}}]{{0,60}}\}})*)\}}")
_OLD_STYLE = re.compile(r"\{\s?\\(?:rm|bf|it|sf|tt)(?![A-Za-z])\s?([^{}]*)\}")
_BARE = re.compile(r"\\(?:mathrm|mathbf|mathit|mathsf|boldsymbol|bm)\s+([A-Za-z0-9])")
_UNIT_COMMAND = re.compile(
    r"((?:[\d)}]|\\pi)\s?(?:\\[,;:! ]\s?|~){0,3})\\(min|sec)(?=[\s$.,]*$)"
)  # 15\min is a time, \min(2, 5) is not
_AFTER_NUMBER = re.compile(r"(?:[\d)}]|\\pi|\\dollar|\\euro|\\pound)[\s~]*(?:\\[,;:! ]\s*)*$")
_WORD = re.compile(r"[A-Za-z]{2}")
_CHOICE = re.compile(r"\(?[A-E]\)?[.:]?")
_BLANKS = re.compile(r"^(?:[\s~]|\\[,;:! ])+")
_ARGUMENT = re.compile(r"[({_^A-Za-z0-9]|\\[A-Za-z]")
_NUMBER_WITHIN = re.compile(r"(?<!\S)(-?\d[\d.,/]*%?)(?!\S)")
_FUNCTIONS = FUNCTIONS | {name for name, new in RENAMED.items() if new in FUNCTIONS}
_SYMBOLS = {"pi": " \\pi ", "choose": " \\choose ", ",": ","}


def resolve(text: str) -> str:
    r"""Replace every text command by what it stands for; words remain as `\text{...}`."""
    text = _BARE.sub(r"\\mathrm{\1}", text)
    text = _UNIT_COMMAND.sub(r"\1\\text{\2}", text)
    text = _OLD_STYLE.sub(r"\\mathrm{\1}", text)
    return _COMMAND.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    is_face = match.group(1) in FACES
    content = re.sub(r"~|\\[,;:! ]", " ", match.group(2))
    bare = content.strip().replace("$", "")
    before = match.string[max(0, match.start() - 20) : match.start()]
    after = _BLANKS.sub("", match.string[match.end() : match.end() + 20])
    if bare in _SYMBOLS:
        return _SYMBOLS[bare]
    if not re.search(r"[A-Za-z]", bare) or "\\" in bare:
        return f" {bare} "
    unit = re.sub(r"[{}]", "", bare)
    has_argument = bare in _FUNCTIONS and _ARGUMENT.match(after)
    if _AFTER_NUMBER.search(before) and unit_of(unit) and not has_argument:
        return f" \\text{{{unit}}}"
    if bare in _FUNCTIONS and (is_face or has_argument):
        return f" \\{bare} "
    if _CHOICE.fullmatch(bare) and "(" in bare and after:
        return f" \\text{{{bare}}} "  # \textbf{(C) } 5 names the choice before its value
    if not _WORD.search(bare) or (is_face and bare.isupper()) or bare[0].isdigit():
        return f" {bare} "
    parts = (part.strip() for part in _NUMBER_WITHIN.split(bare))
    words = [f"\\text{{{part}}}" if _WORD.search(part) else part for part in parts if part]
    return f" {' '.join(words)} "
