"""Kinds of rows a study may leave out: proofs, several answers, images, other languages."""

import re
from collections.abc import Callable, Sequence

from ssdmath.answers.interpret import readings

_PROOF = re.compile(r"\b(prove|show) that\b|\bgive a proof\b|^\s*prove\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"\b(find|determine|compute|calculate|evaluate|what|how many|how much|which)\b", re.IGNORECASE
)
_IMAGE = re.compile(r"!\[[^\]]*\]\(|<img\b|\\includegraphics|<image", re.IGNORECASE)
_MARKUP = re.compile(r"\\[A-Za-z]+")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_MIN_LATIN = 0.9  # share of the letters; Greek ones are mathematics and do not count


def reason(kinds: Sequence[str], statement: str, answer: str) -> str | None:
    """The first of `kinds` that the row is; None when it is wanted."""
    return next((kind for kind in kinds if KINDS[kind](statement, answer)), None)


def _is_proof(statement: str, _: str) -> bool:
    return bool(_PROOF.search(statement)) and not _QUESTION.search(statement)


def _is_other_language(statement: str, _: str) -> bool:
    if statement.isascii():
        return False
    letters = [c for c in _MARKUP.sub(" ", statement) if c.isalpha() and not _GREEK.match(c)]
    latin = sum(c < "\u0250" for c in letters)
    return latin < _MIN_LATIN * len(letters)


KINDS: dict[str, Callable[[str, str], bool]] = {
    "proofs": _is_proof,
    "several_answers": lambda _, answer: readings(answer)[0].kind == "list",
    "images": lambda statement, _: bool(_IMAGE.search(statement)),
    "other_languages": _is_other_language,
}
