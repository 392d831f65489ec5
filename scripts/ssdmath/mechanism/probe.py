"""The probe's table: what changed at lock-like, fork-like and diffuse positions (method.md 7)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.mechanism import lock_fork
from ssdmath.mechanism.geometry import Bootstrap
from ssdmath.mechanism.schemas import PROBE

METRICS = ("top1", "nucleus", "tail", "entropy", "p_token")
ALL = "all"
WHO = ["model", "arm", "role"]


def table(positions: pl.DataFrame, settings: Mapping[str, Any]) -> pl.DataFrame:
    """PROBE: every class of every model at all spots, by kind of spot, and over the thresholds."""
    pairs = lock_fork.paired(positions.filter(pl.col("source") == "sampled"))
    rows: list[dict[str, Any]] = []
    for name, thresholds in lock_fork.variants(settings["thresholds"], settings["sensitivity"]):
        labelled = classified(pairs, thresholds, settings["corrections"])
        for who, part in labelled.group_by(WHO, maintain_order=True):
            spots = _by_spots(part) if name == lock_fork.DEFAULT else {ALL: once(part)}.items()
            for spot, here in spots:
                keys = dict(zip(WHO, who, strict=True)) | {"spots": spot, "threshold": name}
                rows += [keys | row for row in _of_classes(here, settings)]
    return pl.DataFrame(rows, schema=PROBE)


def classified(
    pairs: pl.DataFrame, thresholds: Mapping[str, float], words: list[str]
) -> pl.DataFrame:
    """Add `class` by base's features, and `subclass` of the locks."""
    base = [pl.col(f"base_{name}").alias(name) for name in ("top1", "second", "nucleus", "tail")]
    kind = pairs.select(base).select(lock_fork.class_of(thresholds)).to_series()
    return pairs.with_columns(kind.alias("class")).with_columns(
        subclass=pl.when(pl.col("class") == "lock").then(lock_fork.subclass_of(words))
    )


def once(part: pl.DataFrame) -> pl.DataFrame:
    """A position counts once, for however many reasons the probe looks there."""
    return part.unique(["carrier", "place"], keep="first", maintain_order=True)


def _by_spots(part: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    yield ALL, once(part)
    for kind in ("regular", "random"):
        yield kind, part.filter(pl.col("kind") == kind)
    marked = part.filter(pl.col("kind") == "marked")
    for marker in marked["label"].unique().sort().to_list():
        yield marker, marked.filter(pl.col("label") == marker)


def _of_classes(here: pl.DataFrame, settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    groups = {(ALL, ALL): here}
    for name in lock_fork.CLASSES:
        groups[name, ALL] = here.filter(pl.col("class") == name)
    locks = groups["lock", ALL]
    for sub in lock_fork.SUBCLASSES:
        groups["lock", sub] = locks.filter(pl.col("subclass") == sub)
    for (name, sub), rows in groups.items():
        for row in changes(rows, METRICS, settings):
            yield {"class": name, "subclass": sub} | row


def changes(
    rows: pl.DataFrame, metrics: Sequence[str], settings: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Base's mean, the model's and their difference with its interval; null for an empty class."""
    empty = dict.fromkeys(("base", "value", "delta", "delta_lo", "delta_hi"))
    if not rows.height:
        yield from ({"metric": m, "positions": 0, "problems": 0} | empty for m in metrics)
        return
    boot = Bootstrap(rows, seed=settings["seed"], resamples=settings["resamples"])
    value, base = (
        rows.select(prefix + name for name in metrics).cast(pl.Float64).to_numpy()
        for prefix in ("", "base_")
    )
    found = boot.estimate(np.hstack([value - base, value, base]), np.ones(rows.height))
    for at, metric in enumerate(metrics):
        delta, lo, hi = found.row(at)
        yield {
            "metric": metric,
            "base": found.row(at + 2 * len(metrics))[0],
            "value": found.row(at + len(metrics))[0],
            "delta": delta,
            "delta_lo": lo,
            "delta_hi": hi,
            "positions": found.positions,
            "problems": found.problems,
        }
