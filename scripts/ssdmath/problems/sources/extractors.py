"""How an answer is taken out of its column; None where the column holds none.

`proof` and `notfound` are what datasets write where there is no answer: they are not answers.
"""

from collections.abc import Callable
from typing import Any

from ssdmath.answers.boxed import last_box

OF_LIST = ("only_of_list", "first_of_list")  # the extractors that read a list
SENTINELS = frozenset({"", "none", "null", "nan", "n/a", "na", "proof", "notfound", "not found"})


def extract(name: str, value: Any) -> str | None:
    """Take the answer out of a column's value; None for an absent one or a sentinel."""
    answer = None if value is None else EXTRACTORS[name](value)
    return None if answer is None or _unwrapped(answer) in SENTINELS else answer


def text(value: Any) -> str | None:
    """A value as stripped text; None where nothing is left. Whole floats lose their `.0`."""
    if value is None:
        return None
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value).strip() or None


def _unwrapped(answer: str) -> str:
    r"""An answer without the wrapping in which a sentinel may come: `\text{Proof.}` is `proof`."""
    for mark in ("\\text", "\\boxed", "$", "{", "}", "."):
        answer = answer.replace(mark, "")
    return answer.strip().casefold()


def _after_hashes(value: Any) -> str | None:
    _, mark, answer = str(value).rpartition("####")
    return answer.strip() if mark else None


def _only_of_list(value: Any) -> str | None:
    return text(value[0]) if isinstance(value, list) and len(value) == 1 else None


def _first_of_list(value: Any) -> str | None:
    return text(value[0]) if isinstance(value, list) and value else None


EXTRACTORS: dict[str, Callable[[Any], str | None]] = {
    "as_is": text,
    "after_hashes": _after_hashes,
    "boxed": lambda value: last_box(str(value)),
    "only_of_list": _only_of_list,
    "first_of_list": _first_of_list,
}
