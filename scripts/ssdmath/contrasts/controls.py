"""The controls of a study: contrasts on which a finding is an alarm, each with its state."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ssdmath.config.names import BASE
from ssdmath.config.terms import NAIVE, NULL

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
    sides = [_side(str(row[side])) for side in "ab"]
    arms = {models.split("_t")[0] for models, _ in sides}
    return arms == {NAIVE, BASE} and sides[0][1] == sides[1][1]


def _side(text: str) -> tuple[str, str]:
    models, _, decoding = text.partition(" | ")
    return models.split(",")[0], decoding
