"""The probe's table: changes at lock-like, fork-like and diffuse positions.

The classes are those of docs/method.md, section 7.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.mechanism import MechanismConfig, ThresholdsConfig
from ssdmath.mechanism import lock_fork
from ssdmath.mechanism.schemas import PROBE
from ssdmath.stats.problem_means import Bootstrap

METRICS = ("top1", "nucleus", "tail", "entropy", "p_token")
ALL = "all"
MODEL_KEYS = ["model", "arm", "role"]


def table(positions: pl.DataFrame, config: MechanismConfig) -> pl.DataFrame:
    """PROBE: every class of every model at all positions, by kind of position, and by threshold."""
    pairs = lock_fork.paired(positions.filter(source="sampled"))
    rows: list[dict[str, Any]] = []
    for name, thresholds in lock_fork.variants(config.thresholds, config.sensitivity):
        labelled = classified(pairs, thresholds, config.corrections)
        for model, part in labelled.group_by(MODEL_KEYS, maintain_order=True):
            groups = _by_kind(part) if name == lock_fork.DEFAULT else {ALL: once(part)}.items()
            for kind, group in groups:
                keys = dict(zip(MODEL_KEYS, model, strict=True))
                keys |= {"spots": kind, "threshold": name}
                rows += [keys | row for row in _of_classes(group, config)]
    return pl.DataFrame(rows, schema=PROBE)


def classified(pairs: pl.DataFrame, thresholds: ThresholdsConfig, words: list[str]) -> pl.DataFrame:
    """Add `class` by base's features, and `subclass` of the locks."""
    base = [pl.col(f"base_{name}").alias(name) for name in ("top1", "second", "nucleus", "tail")]
    kind = pairs.select(base).select(lock_fork.class_of(thresholds)).to_series()
    return pairs.with_columns(kind.alias("class")).with_columns(
        subclass=pl.when(pl.col("class") == "lock").then(lock_fork.subclass_of(words))
    )


def once(positions: pl.DataFrame) -> pl.DataFrame:
    """One row per position, for however many reasons it is probed."""
    return positions.unique(["carrier", "place"], keep="first", maintain_order=True)


def _by_kind(positions: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    yield ALL, once(positions)
    for kind in ("regular", "random"):
        yield kind, positions.filter(kind=kind)
    marked = positions.filter(kind="marked")
    for marker in marked["label"].unique().sort().to_list():
        yield marker, marked.filter(label=marker)


def _of_classes(rows: pl.DataFrame, config: MechanismConfig) -> Iterator[dict[str, Any]]:
    classes = [{"class": name} for name in lock_fork.CLASSES]
    subclasses = [{"class": "lock", "subclass": name} for name in lock_fork.SUBCLASSES]
    for keys in ({}, *classes, *subclasses):
        for row in changes(rows.filter(**keys), METRICS, config):
            yield {"class": ALL, "subclass": ALL} | keys | row


def changes(
    rows: pl.DataFrame, metrics: Sequence[str], config: MechanismConfig
) -> Iterator[dict[str, Any]]:
    """Base's mean, the model's, and their difference with its interval; null for no rows.

    `rows` has a column for each metric and one with the prefix `base_`.
    """
    boot = Bootstrap(rows, seed=config.seed, resamples=config.resamples)
    value, base = (
        rows.select(prefix + name for name in metrics).cast(pl.Float64).to_numpy()
        for prefix in ("", "base_")
    )
    estimates = boot.estimate(np.hstack([value - base, value, base]), np.ones(rows.height))
    for i, metric in enumerate(metrics):
        yield {
            "metric": metric,
            "base": estimates.row(i + 2 * len(metrics))[0],
            "value": estimates.row(i + len(metrics))[0],
            **estimates.change(i),
            **estimates.sizes,
        }
