"""Classes of positions under base (lock-like, fork-like, diffuse) and subclasses of the locks."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from ssdmath.config.mechanism import Threshold, ThresholdsConfig
from ssdmath.config.names import BASE

CLASSES = ("lock", "fork", "diffuse")
STRICT, SWAPPED, CORRECTION = "strict", "swapped", "self-correction"
SUBCLASSES = (STRICT, SWAPPED, CORRECTION)
DEFAULT = "default"


def class_of(thresholds: ThresholdsConfig) -> pl.Expr:
    """The class of a position from base's features (docs/method.md, section 7)."""
    t = thresholds
    lock = (
        (pl.col("top1") >= t.lock_top1)
        & (pl.col("nucleus") <= t.lock_nucleus)
        & (pl.col("tail") <= t.lock_tail)
    )
    fork = (
        (pl.col("nucleus") >= 2)
        & (pl.col("nucleus") <= t.fork_nucleus)
        & (pl.col("second") >= t.fork_ratio * pl.col("top1"))
        & (pl.col("tail") <= t.fork_tail)
    )
    is_lock, is_fork, is_diffuse = map(pl.lit, CLASSES)
    return pl.when(lock).then(is_lock).when(fork).then(is_fork).otherwise(is_diffuse)


def subclass_of(words: Sequence[str]) -> pl.Expr:
    """Subclass of a lock: strict (same top token), swapped, or about a word of self-correction.

    Needs the columns `top`, `base_top` (ids), `top_text` and `base_top_text`.
    """
    texts = pl.col("top_text", "base_top_text").str.strip_chars()
    about = pl.any_horizontal(texts.is_in(list(words)))
    same_top = pl.col("top") == pl.col("base_top")
    strict, swapped, correction = map(pl.lit, SUBCLASSES)
    return pl.when(about).then(correction).when(same_top).then(strict).otherwise(swapped)


def variants(
    thresholds: ThresholdsConfig, sensitivity: Mapping[Threshold, Sequence[float]]
) -> Iterator[tuple[str, ThresholdsConfig]]:
    """The default thresholds, then those with one other value, each with its name."""
    yield DEFAULT, thresholds
    for name, values in sorted(sensitivity.items()):
        for value in values:
            yield f"{name}={value:g}", thresholds.model_copy(update={name: value})


def paired(positions: pl.DataFrame) -> pl.DataFrame:
    """Rows of the trained models and targets, each with base's row at the same position."""
    keys = ["carrier", "place", "kind", "label"]
    base = positions.filter(model=BASE)
    features = ["top1", "second", "nucleus", "tail", "entropy", "p_token"]
    features += ["right", "routes", "right_at"]
    texts = {"top": pl.col("top_ids").list.first(), "top_text": pl.col("top_texts").list.first()}
    base_features = base.select(*keys, *features, **texts)
    base_features = base_features.rename({name: f"base_{name}" for name in [*features, *texts]})
    trained = positions.filter(pl.col("model") != BASE).with_columns(**texts)
    return trained.join(base_features, on=keys, how="left", nulls_equal=True, maintain_order="left")
