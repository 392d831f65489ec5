"""What the micro world knows: do the heuristic classes find its locks and forks, and what changed.

Carriers the generator wrote itself carry the truth: which digit was forced, where routes part.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.mechanism import lock_fork, matched_locks
from ssdmath.mechanism.probe import WHO, changes
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, TRUTH

LABELS = ("lock", "fork", "turn", "text")
KNOWN = ("lock", "fork", "turn")  # text follows from the route: neither lock nor fork by label
METRICS = {
    "lock": ("right", "top1", "tail", "entropy"),
    "fork": ("right", "routes", "top1", "nucleus", "entropy"),
    "turn": ("right", "entropy"),
}


def table(positions: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """TRUTH: features at true locks, forks and turns; and the right mass over T_eval."""
    pairs = lock_fork.paired(positions.filter(pl.col("source") == "written"))
    rows: list[dict[str, Any]] = []
    for who, part in pairs.group_by(WHO, maintain_order=True):
        for label, metrics in METRICS.items():
            here = part.filter(pl.col("label") == label)
            keys = dict(zip(WHO, who, strict=True)) | {"label": label}
            # A fork whose right tokens have no mass left has no number of routes.
            rows += [
                keys | row
                for metric in metrics
                for row in changes(here.drop_nulls([metric, f"base_{metric}"]), [metric], settings)
            ]
            rows += [keys | row for row in _over_temperatures(here, settings)]
        keys = dict(zip(WHO, who, strict=True)) | {"label": "fork", "metric": matched_locks.METRIC}
        rows += [keys | row for row in matched_locks.forks(part, settings)]
    return pl.DataFrame(rows, schema=TRUTH)


def _over_temperatures(here: pl.DataFrame, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The mass on the right tokens of both models at each T_eval."""
    temperatures = settings["temperatures"]
    wide = here.with_columns(
        pl.col(f"{prefix}right_at").list.get(at, null_on_oob=True).alias(f"{prefix}{t:g}")
        for prefix in ("", "base_")
        for at, t in enumerate(temperatures)
    )
    names = [f"{t:g}" for t in temperatures]
    for t, row in zip(temperatures, changes(wide, names, settings), strict=True):
        yield row | {"metric": "right", "t_eval": t}


def heuristic_recall(positions: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """HEURISTIC_RECALL: what the heuristic calls each true label, with precision and recall."""
    base = positions.filter(pl.col("source") == "written", pl.col("model") == BASE)
    rows = [
        {"threshold": name} | row
        for name, thresholds in lock_fork.variants(settings["thresholds"], settings["sensitivity"])
        for row in _confusion(base.with_columns(lock_fork.class_of(thresholds).alias("class")))
    ]
    return pl.DataFrame(rows, schema=HEURISTIC_RECALL)


def _confusion(labelled: pl.DataFrame) -> Iterator[dict[str, Any]]:
    counts = dict.fromkeys(((a, b) for a in LABELS for b in lock_fork.CLASSES), 0)
    for label, name, count in labelled.group_by("label", "class").len().iter_rows():
        counts[label, name] = count
    for label in LABELS:
        row: dict[str, Any] = {"label": label}
        row |= {name: counts[label, name] for name in lock_fork.CLASSES}
        if label in lock_fork.CLASSES:
            hits = counts[label, label]
            called = sum(counts[one, label] for one in KNOWN)
            there = sum(counts[label, name] for name in lock_fork.CLASSES)
            row["precision"] = hits / called if called else None
            row["recall"] = hits / there if there else None
        yield row
