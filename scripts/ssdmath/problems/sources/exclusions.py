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
_MIN_LATIN = 0.9  # share of the letters; Greek ones are mathematics and do not count


def reason(kinds: Sequence[str], statement: str, answer: str) -> str | None:
    """The first of `kinds` that the row is; None when it is wanted."""
    return next((kind for kind in kinds if KINDS[kind](statement, answer)), None)


def _is_proof(statement: str, _: str) -> bool:
    return bool(_PROOF.search(statement)) and not _QUESTION.search(statement)


def _has_several_answers(_: str, answer: str) -> bool:
    return readings(answer)[0].kind == "list"


def _has_image(statement: str, _: str) -> bool:
    return bool(_IMAGE.search(statement))


def _is_other_language(statement: str, _: str) -> bool:
    if statement.isascii():
        return False
    letters = [c for c in _MARKUP.sub(" ", statement) if c.isalpha() and not _is_greek(c)]
    latin = sum(c < "\u0250" for c in letters)
    return latin < _MIN_LATIN * len(letters)


def _is_greek(letter: str) -> bool:
    return "\u0370" <= letter < "\u0400"


KINDS: dict[str, Callable[[str, str], bool]] = {
    "proofs": _is_proof,
    "several_answers": _has_several_answers,
    "images": _has_image,
    "other_languages": _is_other_language,
}
