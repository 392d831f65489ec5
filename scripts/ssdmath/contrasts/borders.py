"""Winners on the border of their grid: the best setting may lie outside, and which cell to add."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ssdmath.config.decoding import Decoding, slug


class Axis(NamedTuple):
    """One parameter of a decoding, and how far it goes."""

    field: str
    name: str
    lowest: bool  # whether small values are an end too (temperature alone; elsewhere they truncate)
    highest: bool
    beyond: Callable[[float, float], float]  # the next value, from the last one and the one before


AXES = (
    Axis("temperature", "T", lowest=True, highest=True, beyond=lambda x, y: 2 * x - y),
    Axis("top_k", "top-k", lowest=True, highest=False, beyond=lambda x, _: max(1, x // 2)),
    Axis("top_p", "top-p", lowest=True, highest=False, beyond=lambda x, y: 2 * x - y),
    Axis("min_p", "min-p", lowest=False, highest=True, beyond=lambda x, y: 2 * x - y),
)


def borders(winner: str, grid: Sequence[str]) -> list[dict[str, Any]]:
    """Where the winning decoding has an extreme value of its grid: axis, value, the cell to add.

    Temperature has two ends; of top-k, top-p and min-p only the end that truncates most counts, for
    the other is "no truncation". The only value of a parameter is its border, named once.
    """
    best, tried = _own(winner), [_own(text) for text in grid]
    on_border = []
    for axis in AXES:
        values = sorted({float(getattr(d, axis.field)) for d in tried if _on(axis, d)})
        value = float(getattr(best, axis.field))
        ends = ([values] * axis.highest + [values[::-1]] * axis.lowest)[: len(values)]
        for towards in ends if _on(axis, best) else []:
            if value == towards[-1] and (add := _outside(best, axis, towards)) is not None:
                on_border.append({"axis": axis.name, "value": value, "add": add})
    return on_border


def messages(arms: Mapping[str, Any]) -> list[str]:
    """A warning per border, in words; `arms` is chosen.json's choice of each arm."""
    return [
        f"{arm}'s best decoding {chosen['winner']['decoding']} has the grid's last "
        f"{border['axis']}, {border['value']:g}: add {border['add']} to evaluation.sweeps"
        for arm, chosen in arms.items()
        for border in chosen.get("border", [])
    ]


def _own(text: str) -> Decoding:
    """The part of a decoding that the grid varies: of a composed one, without its target."""
    return Decoding.parse(text).model_copy(update={"target": None})


def _on(axis: Axis, decoding: Decoding) -> bool:
    """Whether the parameter acts at all; greedy and powers have no temperature to move."""
    if axis.field == "temperature":
        return not (decoding.greedy or decoding.power)
    neutral = Decoding.model_fields[axis.field].default
    return bool(getattr(decoding, axis.field) != neutral)


def _outside(best: Decoding, axis: Axis, towards: Sequence[float]) -> str | None:
    """The best decoding with the parameter one step further out; None where there is no such."""
    last = towards[-1]
    if len(towards) < 2:
        step = {"temperature": 1.25 * last, "min_p": 2 * last, "top_p": last**2}
        new = step.get(axis.field, axis.beyond(last, last))
    else:
        new = axis.beyond(last, towards[-2])
    if axis.field == "temperature" and new <= 0:
        new = last / 2
    kind = int if axis.field == "top_k" else float
    limits = {"temperature": (0, 5), "top_k": (1, last - 1), "top_p": (0.01, 1), "min_p": (0, 1)}
    low, high = limits[axis.field]
    if not low < new + 1e-9 or new > high:
        return None
    value = kind(round(new, 4))
    return slug(best.model_copy(update={axis.field: value}))
