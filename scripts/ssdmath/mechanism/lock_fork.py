"""Which positions are lock-like, fork-like or diffuse under base, and what became of the locks."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from ssdmath.config.names import BASE

CLASSES = ("lock", "fork", "diffuse")
STRICT, SWAPPED, CORRECTION = "strict", "swapped", "self-correction"
SUBCLASSES = (STRICT, SWAPPED, CORRECTION)
DEFAULT = "default"


def class_of(thresholds: Mapping[str, float]) -> pl.Expr:
    """The class of a position from base's features (docs/method.md, 7)."""
    t = thresholds
    lock = (
        (pl.col("top1") >= t["lock_top1"])
        & (pl.col("nucleus") <= t["lock_nucleus"])
        & (pl.col("tail") <= t["lock_tail"])
    )
    fork = (
        (pl.col("nucleus") >= 2)
        & (pl.col("nucleus") <= t["fork_nucleus"])
        & (pl.col("second") >= t["fork_ratio"] * pl.col("top1"))
        & (pl.col("tail") <= t["fork_tail"])
    )
    return pl.when(lock).then(pl.lit("lock")).when(fork).then(pl.lit("fork")).otherwise(_DIFFUSE)


_DIFFUSE = pl.lit("diffuse")


def subclass_of(words: Sequence[str]) -> pl.Expr:
    """What became of a lock: strict (same top token), swapped, or about a word of self-correction.

    Needs `top`, `base_top` (ids) and their texts.
    """
    about = pl.lit(value=False)
    for column in ("top_text", "base_top_text"):
        about = about | pl.col(column).str.strip_chars().is_in(list(words))
    same = pl.col("top") == pl.col("base_top")
    kept = pl.when(same).then(pl.lit(STRICT)).otherwise(pl.lit(SWAPPED))
    return pl.when(about).then(pl.lit(CORRECTION)).otherwise(kept)


def variants(
    thresholds: Mapping[str, float], sensitivity: Mapping[str, Sequence[float]]
) -> Iterator[tuple[str, dict[str, float]]]:
    """The default thresholds, then each other value one at a time, with its name."""
    yield DEFAULT, dict(thresholds)
    for name, values in sorted(sensitivity.items()):
        for value in values:
            yield f"{name}={value:g}", {**thresholds, name: value}


def paired(positions: pl.DataFrame) -> pl.DataFrame:
    """Rows of the trained models and targets, each beside base's row at the same spot."""
    keys = ["carrier", "place", "kind", "label"]
    base = positions.filter(pl.col("model") == BASE)
    features = ["top1", "second", "nucleus", "tail", "entropy", "p_token"]
    features += ["right", "routes", "right_at"]
    texts = {"top": pl.col("top_ids").list.first(), "top_text": pl.col("top_texts").list.first()}
    mine = base.select(*keys, *features, **texts)
    mine = mine.rename({name: f"base_{name}" for name in [*features, *texts]})
    others = positions.filter(pl.col("model") != BASE).with_columns(**texts)
    return others.join(mine, on=keys, how="left", nulls_equal=True, maintain_order="left")
