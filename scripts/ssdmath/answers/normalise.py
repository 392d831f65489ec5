"""Decoration off an answer: the same mathematics in one spelling, before anything is parsed.

Every pattern is linear: no nested quantifiers, bounded repetition. Nothing here decides equality.
"""

import re
import unicodedata

from ssdmath.answers import text_commands
from ssdmath.answers.spellings import DROPPED, RENAMED, SUBSCRIPTS, SUPERSCRIPTS, SYMBOLS

_INVISIBLE = frozenset({"Cf", "Cc", "Co", "Cn", "Cs"})  # bidi marks, zero widths, NUL, ...
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+")
_SUBSCRIPT_RUN = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
_VULGAR = re.compile("[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")
_LINE_ABOVE = re.compile(r"((?:\d[\u0304\u0305])+)")
_DOT_ABOVE = re.compile(r"(\d)\u0307")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_ARGUMENT_DROPPED = re.compile(
    r"\\(?:text)?color\{[^{}]{1,30}\}|\\(?:hspace|vspace|phantom|tag|label|kern)\*?\{[^{}]{0,30}\}"
)
_LETTER_TEXT = re.compile(r"\\text\s?\{([^A-Za-z{}]*[A-Za-z][^A-Za-z{}]*)\}")
_NOT_EQUAL = re.compile(r"\\not\s?(?:=|\\eq(?![a-z]))")
_COMBINATIONS = re.compile(
    r"(?:\{\s?\}\s?)?[_^]\s?\{?\s?(\d{1,4})\s?\}?\s?C\s?_\s?\{?\s?(\d{1,4})\s?\}?(?![\d^])"
)
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", re.ASCII)
_SPACED = re.compile(r"(?<![\d.])\d{1,3}(?: \d{3})+(?![\d ]*[\d/])", re.ASCII)
_BLANKS = re.compile(r"^ | $|(?<![\d.]) | (?![\d.])")  # all but those between digits
_MARK = "\u2063"  # stands for a thousands separator until the whole run has been seen


def tidy(text: str) -> str:
    """One spelling for symbols, fractions, spacing, thousands separators and decoration."""
    text = _ascii(unicodedata.normalize("NFC", text))
    text = _ARGUMENT_DROPPED.sub(" ", _rows(text))
    text = text_commands.resolve(_NOT_EQUAL.sub(r"\\ne ", text))
    text = _COMMAND.sub(_command, text)
    text = _separators(text.replace("<=", "\\le ").replace(">=", "\\ge "))
    text = re.sub(r"[$`]|\*\*|__|(?<!\\)\\[()\[\]]", " ", text.replace("\\$", "\\dollar "))
    text = _COMBINATIONS.sub(r"\\binom{\1}{\2}", text.replace("...", "\\dots "))
    text = _strip_outside(re.sub(r"\s+", " ", text))
    letter = _LETTER_TEXT.fullmatch(text)  # \text{(C)} is the choice C; in 5\text{ m} it is a unit
    return letter.group(1).strip() if letter else text


def _ascii(text: str) -> str:
    """Unicode symbols as commands, and invisible characters gone."""
    text = _VULGAR.sub(lambda m: _vulgar(m.group()), text)
    text = _SUPERSCRIPT_RUN.sub(lambda m: "^{" + m.group().translate(SUPERSCRIPTS) + "}", text)
    text = _SUBSCRIPT_RUN.sub(lambda m: "_{" + m.group().translate(SUBSCRIPTS) + "}", text)
    text = _LINE_ABOVE.sub(lambda m: f"\\overline{{{re.sub('[^0-9]', '', m.group())}}}", text)
    text = unicodedata.normalize("NFKC", _DOT_ABOVE.sub(r"\\dot{\1}", text).translate(SYMBOLS))
    return "".join(" " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or _visible(c))


def _rows(text: str) -> str:
    """Row breaks of a matrix get a name; elsewhere a doubled backslash is an escaped single one."""
    return text.replace("\\\\", "\\newrow " if "\\begin" in text else "\\")


def _visible(char: str) -> bool:
    return (char.isascii() and char.isprintable()) or unicodedata.category(char) not in _INVISIBLE


def _vulgar(char: str) -> str:
    top, bottom = unicodedata.normalize("NFKC", char).split("⁄")
    return f"\\frac{{{top}}}{{{bottom}}}"


def _command(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in DROPPED:
        return " "
    new = RENAMED.get(name, name)
    # a command name keeps its backslash; punctuation and whole commands stand alone
    return f"\\{new}" if new.isalpha() else new


def _separators(text: str) -> str:
    r"""33\,124\,147, 33{,}124 and 33 124 147 become one number; other thin spaces become blanks."""
    text = re.sub(r"(?<=\d),\s?\\!\s?(?=\d{3}(?!\d))", _MARK, text)
    text = re.sub(r"\{\s?,\s?\}", _MARK, text).replace("\\!", " ").replace("~", " ")
    text = re.sub(r"(?<=\d)\s?\\[,;:> ]\s?(?=\d{3}(?!\d))", _MARK, text)
    text = re.sub(rf"(?<=\d),{_MARK}?(?=\d{{3}}{_MARK})", _MARK, text)
    text = re.sub(rf"(?<!\d)\d{{1,3}}(?:{_MARK}\d{{3}})+(?!\d)", _joined, text)
    text = text.replace(_MARK, ".")  # what is left is a decimal comma: 3{,}14
    text = re.sub(r"\\[,;:> ]", " ", text)
    return _SPACED.sub(lambda m: m.group().replace(" ", ""), text)


def _joined(match: re.Match[str]) -> str:
    return match.group().replace(_MARK, "")


def _strip_outside(text: str) -> str:
    return text.strip().strip("$`").strip().rstrip(".;:,\\ ")


def grouped_commas(text: str) -> str:
    """The reading in which every run such as 1,234,567 outside brackets is one number."""
    return _GROUPED.sub(lambda m: m.group().replace(",", "") if _outside(m) else m.group(), text)


def _outside(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    return all(before.count(a) <= before.count(b) for a, b in ("()", "[]", "{}"))


def tight(text: str) -> str:
    """Tidied text without blanks: equal tight texts are equal answers; 2 1/2 is not 21/2."""
    return _BLANKS.sub("", re.sub(r"\s+", " ", text))
