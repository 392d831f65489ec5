"""Changes at true locks and forks, and how well the heuristic classes find them.

The truth is known in generated contexts: which digit was forced, and where routes part.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import BASE
from ssdmath.mechanism import lock_fork, matched_locks
from ssdmath.mechanism.probe import MODEL_KEYS, changes
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, TRUTH

LABELS = ("lock", "fork", "turn", "text")
CHOICES = ("lock", "fork", "turn")  # text follows from the route, so it counts as none of them
METRICS = {
    "lock": ("right", "top1", "tail", "entropy"),
    "fork": ("right", "routes", "top1", "nucleus", "entropy"),
    "turn": ("right", "entropy"),
}


def table(positions: pl.DataFrame, config: MechanismConfig) -> pl.DataFrame:
    """TRUTH: features at true locks, forks and turns, and the mass on right tokens over T_eval."""
    pairs = lock_fork.paired(positions.filter(source="written"))
    rows: list[dict[str, Any]] = []
    for model, part in pairs.group_by(MODEL_KEYS, maintain_order=True):
        keys = dict(zip(MODEL_KEYS, model, strict=True))
        for label, metrics in METRICS.items():
            here = part.filter(label=label)
            keys |= {"label": label}
            # `routes` is null at a fork whose right tokens have no mass left.
            rows += [
                keys | row
                for metric in metrics
                for row in changes(here.drop_nulls([metric, f"base_{metric}"]), [metric], config)
            ]
            rows += [keys | row for row in _over_temperatures(here, config)]
        keys |= {"label": "fork", "metric": matched_locks.METRIC}
        rows += [keys | row for row in matched_locks.forks(part, config)]
    return pl.DataFrame(rows, schema=TRUTH)


def _over_temperatures(here: pl.DataFrame, config: MechanismConfig) -> Iterator[dict[str, Any]]:
    """The mass on the right tokens of both models at each T_eval."""
    temperatures = config.temperatures
    wide = here.with_columns(
        pl.col(f"{prefix}right_at").list.get(at, null_on_oob=True).alias(f"{prefix}{t:g}")
        for prefix in ("", "base_")
        for at, t in enumerate(temperatures)
    )
    names = [f"{t:g}" for t in temperatures]
    for t, row in zip(temperatures, changes(wide, names, config), strict=True):
        yield row | {"metric": "right", "t_eval": t}


def heuristic_recall(positions: pl.DataFrame, config: MechanismConfig) -> pl.DataFrame:
    """HEURISTIC_RECALL: the classes given to each true label, with precision and recall."""
    base = positions.filter(source="written", model=BASE)
    rows = [
        {"threshold": name} | row
        for name, thresholds in lock_fork.variants(config.thresholds, config.sensitivity)
        for row in _confusion(base.with_columns(lock_fork.class_of(thresholds).alias("class")))
    ]
    return pl.DataFrame(rows, schema=HEURISTIC_RECALL)


def _confusion(labelled: pl.DataFrame) -> Iterator[dict[str, Any]]:
    sizes = labelled.group_by("label", "class").len().iter_rows()
    counts = Counter({(label, name): count for label, name, count in sizes})
    for label in LABELS:
        row: dict[str, Any] = {"label": label}
        row |= {name: counts[label, name] for name in lock_fork.CLASSES}
        if label in lock_fork.CLASSES:
            hits = counts[label, label]
            called = sum(counts[other, label] for other in CHOICES)
            total = sum(counts[label, name] for name in lock_fork.CLASSES)
            row["precision"] = hits / called if called else None
            row["recall"] = hits / total if total else None
        yield row
