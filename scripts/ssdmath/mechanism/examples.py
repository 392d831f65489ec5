"""Examples: single positions in their context, with the likeliest tokens of base and trained."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import BASE
from ssdmath.mechanism import lock_fork, probe

GROUPS = (
    *({"class": "lock", "subclass": name} for name in lock_fork.SUBCLASSES),
    {"class": "fork"},
    {"class": "diffuse"},
)


def pick(positions: pl.DataFrame, config: MechanismConfig) -> list[dict[str, Any]]:
    """For each model and class: the position with the largest change, and the one with the median.

    The change is that of the top token's probability.
    """
    sampled = positions.filter(source="sampled")
    base = sampled.filter(model=BASE)
    base = base.unique(["carrier", "place"], keep="first", maintain_order=True)
    pairs = lock_fork.paired(sampled.filter(role="observed"))
    labelled = probe.classified(pairs, config.thresholds, config.corrections)
    examples = []
    for (model,), part in labelled.group_by(["model"], maintain_order=True):
        for row, which in _chosen(probe.once(part)):
            at = base.filter(carrier=row["carrier"], place=row["place"])
            base_row = at.row(0, named=True)
            examples.append(_example(row, base_row, str(model), which))
    return examples


def _chosen(part: pl.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
    change = (pl.col("top1") - pl.col("base_top1")).abs()
    ordered = part.with_columns(change=change).sort("change", "carrier", "place")
    for keys in GROUPS:
        group = ordered.filter(**keys)
        if group.height:
            yield group.row(-1, named=True), "the largest change of its class"
        if group.height > 1:
            yield group.row(group.height // 2, named=True), "the middle one of its class"


def _example(
    row: Mapping[str, Any], base: Mapping[str, Any], model: str, direction: str
) -> dict[str, Any]:
    return {
        "model": model,
        "class": row["class"],
        "subclass": row["subclass"],
        "which": direction,
        "problem": row["problem"],
        "carrier": row["carrier"],
        "place": row["place"],
        **{name: base[name] for name in ("before", "token_text", "after")},
        "base": _top(base),
        "trained": _top(row),
    }


def _top(row: Mapping[str, Any]) -> list[list[Any]]:
    return [list(pair) for pair in zip(row["top_texts"], row["top_ps"], strict=True)]
