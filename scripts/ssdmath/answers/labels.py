r"""Names of quantities: x, f(2), \angle ABC, S_{10}, (x, y), S:T, area of ABC."""

import re

from ssdmath.answers.units import is_noun
from ssdmath.answers.vocabulary import ADJECTIVES, FILLERS, OTHER_VALUE, QUANTITIES, TAILS

_SUBSCRIPT = r"(?:_(?:\{[^{}]{1,12}\}|\w))?"
_GREEK = (
    r"\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|nu|rho|sigma|tau|phi|varphi|"
    r"psi|omega|Delta|Gamma|Theta|Lambda|Sigma|Phi|Psi|Omega|ell)"
)
_NAME = rf"(?:[A-Za-z]|{_GREEK}(?![A-Za-z]))'{{0,3}}{_SUBSCRIPT}"
_LABEL = re.compile(
    r"(?:m?\s?\\(?:angle|overline|triangle|vec|hat|tilde)\s?)?\{?\s?"
    rf"(?:{_NAME}|[A-Z]'?{_SUBSCRIPT}(?:\s?[A-Z]'?{_SUBSCRIPT}){{1,5}})(?:\s?\^\s?\\circ)?\s?\}}?"
    r"(?:\s?\([A-Za-z0-9, ]{1,20}\))?",
    re.ASCII,
)
_PROBABILITY = re.compile(r"(?:P|Pr|E|Var)\s?[(\[][^()]{1,40}[)\]]", re.ASCII)
_EQUATION_LIKE = re.compile(r"[xyz]\s?\(\d+\)")
_NAMES = re.compile(r"\(\s?[A-Za-z]\w?(?:\s?,\s?[A-Za-z]\w?){1,5}\s?\)", re.ASCII)
_RATIO = re.compile(rf"(?:{_NAME}|[A-Z]{{2}})(?:\s?:\s?(?:{_NAME}|[A-Z]{{2}})){{1,4}}", re.ASCII)
_SIZE = re.compile(r"\|\s?(?:[zw]|[A-Z]{2})\s?\||\[\s?[A-Z]{3,6}\s?\]")
_LIMIT = re.compile(r"\\(?:lim|int)\s?_.{1,200}")
_ALLOWED = QUANTITIES | FILLERS | TAILS | ADJECTIVES


def is_label(text: str) -> bool:
    """Whether a text only names a quantity."""
    text = text.strip()
    if _EQUATION_LIKE.fullmatch(text):
        return False
    patterns = (_LABEL, _NAMES, _RATIO, _SIZE, _PROBABILITY, _LIMIT)
    return any(pattern.fullmatch(text) for pattern in patterns) or _in_words(text)


def names_of(label: str) -> list[str]:
    """The names of a tuple's label: x and y of (x, y); empty for another label."""
    return re.findall(r"\w+", label) if _NAMES.fullmatch(label) else []


def _in_words(text: str) -> bool:
    """Whether known words name the quantity; `not`, `half of` and the like are not among them."""
    plain = re.sub(r"\\text\s?\{([^{}]*)\}", r" \1 ", text)
    plain = re.sub(r"\\(?:triangle|angle|overline|vec)(?![A-Za-z])|[{}]", " ", plain)
    words = plain.split()
    if OTHER_VALUE.search(" ".join(words)):
        return False
    if not words or len(words) > 8 or not re.fullmatch(r"[A-Za-z ]+", " ".join(words)):
        return False
    plain_words = [word.casefold() in _ALLOWED or is_noun(word.casefold()) for word in words]
    symbols = [len(word) == 1 or (word.isupper() and len(word) <= 4) for word in words]
    return any(plain_words) and all(a or b for a, b in zip(plain_words, symbols, strict=True))
