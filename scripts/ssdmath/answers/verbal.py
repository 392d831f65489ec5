r"""Answers in words: `\text{Yes}`, `Monday`, `Alice wins`, `five`."""

import re

from ssdmath.answers.syntax import Expr, number
from ssdmath.answers.units import unit_of
from ssdmath.answers.value import Value
from ssdmath.answers.vocabulary import number_in_words

MAX_WORD = 60

_TEXT = re.compile(r"\\text\s?\{([^{}]*)\}")
_ARTICLE = re.compile(r"^(?:[Aa]n?|[Tt]he) (?=[a-z]{2}|[A-Z][a-z])")
# `Yes, there is one` answers yes; `no solution` has no comma.
_REASONED = re.compile(r"(yes|no|true|false)[,.;:] [A-Za-z'-]+ [A-Za-z' ,.-]{1,80}", re.IGNORECASE)
_WINS = re.compile(
    r" (?:(?:can |will )?always |can |will )?"
    r"(?:wins?|(?:has|have) (?:a|the) winning strategy)(?: the game)?$"
)
_INFINITE = {"infinity": 1, "positive infinity": 1, "negative infinity": -1, "minus infinity": -1}


def without_text_commands(text: str) -> str:
    """The letters of a text, without blanks and full stops."""
    return re.sub(r"[\s.]", "", _TEXT.sub(r"\1", text))


def in_words(text: str) -> Value | None:
    r"""An answer in words, case kept off; `five` is 5; None for another text."""
    inner = _ARTICLE.sub("", _TEXT.sub(r"\1", text).strip().strip("().'\" "))
    if reasoned := _REASONED.fullmatch(inner):
        return Value("word", reasoned[1].casefold())
    if not inner or len(inner) > MAX_WORD or not re.fullmatch(r"[A-Za-z][A-Za-z' -]*", inner):
        return None
    return _quantity(inner.casefold()) or _winner(inner) or _word(text, inner)


def _quantity(word: str) -> Value | None:
    if sign := _INFINITE.get(word):
        infinite = Expr("name", name="oo")
        return Value("scalar", word, expr=infinite if sign > 0 else Expr("neg", (infinite,)))
    counted = number_in_words(word)
    unit = unit_of(counted[1]) if counted else None
    if counted and unit is not None:
        return Value("scalar", str(counted[0]), expr=number(counted[0]), unit=unit)
    return None


def _winner(inner: str) -> Value | None:
    winner = _WINS.sub("", inner)
    return Value("word", winner.casefold()) if winner != inner and len(winner) > 1 else None


def _word(text: str, inner: str) -> Value | None:
    run, word = inner.replace(" ", ""), inner.casefold()
    if len(run) == 1 or (inner == text and run in ("pi", "sqrt")):
        return None
    is_word = "\\text" in text or len(run) >= 4 or run.isupper() or word in ("yes", "no")
    return Value("word", word) if is_word else None
