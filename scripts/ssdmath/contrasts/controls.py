"""The controls of a study: contrasts on which a finding is an alarm, each with its state."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ssdmath.config.names import BASE, Model
from ssdmath.config.terms import NAIVE, NULL
from ssdmath.contrasts.declared import Side

State = Literal["pass", "ALARM"]


class Control(NamedTuple):
    """One check: the contrast, whether its interval excludes zero, and what that would mean."""

    row: Mapping[str, Any]
    state: State
    meaning: str


def controls(contrasts: Iterable[Mapping[str, Any]]) -> list[Control]:
    """The null contrasts, then those of `naive` against base at one decoding, as they stand.

    `contrasts` are rows of the contrast table. A check passes if its 95 % interval holds zero: each
    is judged alone, so that several checks alarm more often than one in twenty.
    """
    rows = list(contrasts)
    null = [(row, "nothing differs between the sides") for row in rows if row["family"] == NULL]
    naive = [
        (row, "training on plain samples of base should change nothing")
        for row in rows
        if row["family"] != NULL and _is_naive(row)
    ]
    return [Control(row, _state(row), meaning) for row, meaning in [*null, *naive]]


def _state(row: Mapping[str, Any]) -> State:
    return "pass" if row["lo"] <= 0 <= row["hi"] else "ALARM"


def _is_naive(row: Mapping[str, Any]) -> bool:
    """Whether a contrast compares the arm `naive` with base at the same decoding."""
    a, b = (Side.parse(row[name]) for name in "ab")
    arms = {Model.parse(side.models[0]).arm for side in (a, b)}
    return arms == {NAIVE, BASE} and a.decoding == b.decoding
