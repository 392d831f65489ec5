"""Decoration off an answer: the same mathematics in one spelling, before anything is parsed.

Every pattern is linear: no nested quantifiers, bounded repetition. Nothing here decides equality.
"""

import re
import unicodedata

from ssdmath.answers.syntax import words

_INVISIBLE = frozenset({"Cf", "Cc", "Co", "Cn", "Cs"})  # bidi marks, zero widths, NUL, ...
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+")
_VULGAR = re.compile("[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")
_SYMBOLS = str.maketrans(
    {
        "×": "*", "·": "*", "⋅": "*", "∗": "*", "•": "*", "÷": "/", "∕": "/", "⁄": "/",
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "π": "\\pi ", "∞": "\\infty ",
        "≤": "\\le ", "≥": "\\ge ", "⩽": "\\le ", "⩾": "\\ge ", "≠": "\\ne ", "≈": "\\approx ",
        "∪": "\\cup ", "∈": "\\in ", "±": "\\pm ", "∓": "\\mp ", "°": "^\\circ ",
        "∅": "\\emptyset ",
        "⌊": "\\lfloor ", "⌋": "\\rfloor ", "⌈": "\\lceil ", "⌉": "\\rceil ", "∠": "\\angle ",
        "⟨": "\\langle ", "⟩": "\\rangle ", "€": "\\euro ", "£": "\\pound ", "≡": "\\equiv ",
    }
)  # fmt: skip
_RENAMED = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom",
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "leq": "le", "leqslant": "le", "geq": "ge",
    "geqslant": "ge", "neq": "ne", "lt": "<", "gt": ">", "lbrace": "\\{", "rbrace": "\\}",
    "lbrack": "[", "rbrack": "]", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|",
    "infin": "infty", "varnothing": "emptyset", "degree": "^\\circ ", "lparen": "(", "rparen": ")",
    "langle": "(", "rangle": ")",
    "land": "\\text{and}", "lor": "\\text{or}", "wedge": "\\text{and}", "vee": "\\text{or}",
    "colon": ":", "exp": "exp", "percent": "\\%", "dollar": "\\$", "tg": "tan", "arctg": "arctan",
    "ldots": "\\dots", "cdots": "\\dots", "dotsc": "\\dots", "sim": "\\approx", "backslash": "\\ ",
    "thinspace": "\\,", "quad": "\\ ", "qquad": "\\ ", "enspace": "\\ ", "space": "\\ ",
}  # fmt: skip
_DROPPED = words(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr "
    "displaystyle textstyle scriptstyle limits nolimits rm bf it boldmath nonumber null"
)
_TEXTS = words(
    "mathrm text textbf mathbf textrm textit mathit mathsf textsf operatorname mbox hbox "
    "textnormal boldsymbol bm mathcal emph texttt"
)
_UNWRAPPED = words("underline ensuremath boxed fbox mathop overrightarrow vec hat bar")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?")
_ARGUMENT_DROPPED = re.compile(
    r"\\(?:text)?color\{[^{}]{1,30}\}|\\(?:hspace|vspace|phantom|tag|label|kern)\*?\{[^{}]{0,30}\}"
)
_PLAIN_TEXT = re.compile(r"\\text\s?\{([^A-Za-z{}]*)\}")
_LETTER_TEXT = re.compile(r"\\text\s?\{([^A-Za-z{}]*[A-Za-z][^A-Za-z{}]*)\}")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", re.ASCII)
_SPACED = re.compile(r"(?<![\d.])\d{1,3}(?: \d{3})+(?![\d ]*[\d/])", re.ASCII)
_MARK = "\u2063"  # stands for a thousands separator until the whole run has been seen


def tidy(text: str) -> str:
    """One spelling for symbols, fractions, spacing, thousands separators and decoration."""
    text = unicodedata.normalize("NFC", text)
    text = _VULGAR.sub(lambda m: _vulgar(m.group()), text)
    text = _SUPERSCRIPT_RUN.sub(lambda m: "^{" + m.group().translate(_SUPERSCRIPTS) + "}", text)
    text = unicodedata.normalize("NFKC", text.translate(_SYMBOLS))
    text = "".join(" " if c in "\n\t\r" else c for c in text if c in "\n\t\r" or _visible(c))
    text = _ARGUMENT_DROPPED.sub(" ", _rows(text))
    text = _COMMAND.sub(_command, text)
    text = _separators(text)
    text = re.sub(r"[$`]|\*\*|__|(?<!\\)\\[()\[\]]", " ", text.replace("\\$", "\\dollar "))
    text = _PLAIN_TEXT.sub(r" \1 ", text)
    text = _strip_outside(re.sub(r"\s+", " ", text))
    letter = _LETTER_TEXT.fullmatch(text)  # \text{(C)} is the choice C; in 5\text{ m} it is a unit
    return letter.group(1).strip() if letter else text


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
    if name in _DROPPED or name in _UNWRAPPED:
        return " "
    if name in _TEXTS:
        return "\\text"
    new = _RENAMED.get(name, name)
    # a command name keeps its backslash; punctuation and whole commands stand alone
    return f"\\{new}" if new.isalpha() else new


def _separators(text: str) -> str:
    r"""33\,124\,147, 33{,}124 and 33 124 147 become one number; other thin spaces become blanks."""
    text = re.sub(r"\{\s?,\s?\}", _MARK, text).replace("\\!", "").replace("~", " ")
    text = re.sub(r"(?<=\d)\s?\\[,;:> ]\s?(?=\d{3}(?!\d))", _MARK, text)
    text = re.sub(rf"(?<=\d),{_MARK}?(?=\d{{3}}{_MARK})", _MARK, text)
    text = re.sub(rf"(?<!\d)\d{{1,3}}(?:{_MARK}\d{{3}})+(?!\d)", _joined, text)
    text = text.replace(_MARK, ".")  # what is left is a decimal comma: 3{,}14
    text = re.sub(r"\\[,;:> ]", " ", text)
    return _SPACED.sub(lambda m: m.group().replace(" ", ""), text)


def _joined(match: re.Match[str]) -> str:
    return match.group().replace(_MARK, "")


def _strip_outside(text: str) -> str:
    return text.strip().strip("$`").strip().rstrip(".;:,").strip()


def grouped_commas(text: str) -> str:
    """The reading in which every run such as 1,234,567 outside brackets is one number."""
    return _GROUPED.sub(lambda m: m.group().replace(",", "") if _outside(m) else m.group(), text)


def _outside(match: re.Match[str]) -> bool:
    before = match.string[: match.start()]
    return all(before.count(a) <= before.count(b) for a, b in ("()", "[]", "{}"))


def tight(text: str) -> str:
    """Tidied text without blanks: equal tight texts are equal answers."""
    return re.sub(r"\s", "", text)
