"""In which order a job draws: the problems that took base longest first (docs/layout.md).

No draw depends on it. What starts last runs on alone at the end, so that had better be short.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.sampling.requests import Request
from ssdmath.sampling.sweep import Order


def longest_first(samples: Path, split: str) -> Order:
    """Order by the lengths that base's finished cells of this split have; without any, as it is."""

    def order(requests: Sequence[Request]) -> Sequence[Request]:
        return by_length(requests, base_lengths(samples, split))

    return order


def by_length(requests: Sequence[Request], known: Mapping[str, float]) -> Sequence[Request]:
    """Longest problem first, the draws of a problem together, unknown problems in the middle."""
    if not known:
        return requests
    middle = sorted(known.values())[len(known) // 2]
    return sorted(requests, key=lambda one: (-known.get(one.problem, middle), one.problem))


def base_lengths(samples: Path, split: str) -> dict[str, float]:
    """Mean tokens of base's completions of each problem, from the tables that are there."""
    tables = sorted((samples / BASE / split).glob("*/*.parquet"))
    if not tables:
        return {}
    drawn = pl.scan_parquet(tables).select("problem", tokens=pl.col("token_ids").list.len())
    mean = drawn.group_by("problem").agg(pl.col("tokens").mean()).collect()
    return dict(mean.rows())
