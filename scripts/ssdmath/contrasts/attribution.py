"""The attribution table: one row per cause that could stand behind "trained beats base"."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from ssdmath.contrasts.table import Contrast, Side, contrasts


class Cause(NamedTuple):
    """What a difference between two roles isolates (docs/method.md, 3)."""

    a: str
    b: str
    meaning: str


CAUSES = {
    "decoding alone": Cause(
        "base_tuned", "base_default", "the base model at its best decoding against its default"
    ),
    "length filter alone": Cause(
        "naive_complete", "naive", "dropping unfinished samples, everything else at T=1"
    ),
    "SSD beyond the length filter": Cause(
        "ssd_complete", "naive_complete", "tempered, truncated samples, both sides finished only"
    ),
    "truncation": Cause(
        "ssd_truncated", "ssd_untruncated", "top-k and top-p at synthesis, at the same temperature"
    ),
    "verification": Cause("rft", "ssd", "training on correct samples only"),
}
ROLES = tuple(sorted({role for cause in CAUSES.values() for role in (cause.a, cause.b)}))


def declared(sides: Mapping[str, Side], split: str) -> list[Contrast]:
    """The contrasts of the causes whose two roles the study holds; ValueError: unknown role."""
    if unknown := sorted(set(sides) - set(ROLES)):
        raise ValueError(f"attribution: unknown roles {unknown}; allowed are {list(ROLES)}")
    return [
        Contrast(name, "confirmatory", split, sides[cause.a], sides[cause.b])
        for name, cause in CAUSES.items()
        if cause.a in sides and cause.b in sides
    ]


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    sides: Mapping[str, Side],
    *,
    split: str,
    seed: int,
    resamples: int = 10_000,
    margin: float = 0.02,
) -> pl.DataFrame:
    """A row per cause: cause, meaning and the columns of `tables.CONTRASTS`; Holm over the rows.

    `sides` gives each role (ROLES) its models and decoding; rows that lack one are left out.
    """
    rows = contrasts(
        draws, problems, declared(sides, split), seed=seed, resamples=resamples, margin=margin
    )
    meanings = [CAUSES[cause].meaning for cause in rows["contrast"]]
    return rows.select(
        pl.col("contrast").alias("cause"),
        pl.Series("meaning", meanings, dtype=pl.String),
        pl.all(),
    )
