"""The order in which a job draws: problems with the longest base completions first.

No draw depends on it. Completions that start last run nearly alone at the end of a job, so they
should be short (docs/layout.md).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ssdmath.config.names import BASE, RUNGS
from ssdmath.sampling.requests import Request
from ssdmath.sampling.sweep import Order


def longest_first(samples: Path, split: str) -> Order:
    """Return the order by the lengths in base's finished cells of a split, if there are any."""

    def order(requests: Sequence[Request]) -> Sequence[Request]:
        return by_length(requests, base_lengths(samples, split))

    return order


def by_length(requests: Sequence[Request], lengths: Mapping[str, float]) -> Sequence[Request]:
    """Sort by mean length, longest first; problems of unknown length count as the median."""
    if not lengths:
        return requests
    middle = sorted(lengths.values())[len(lengths) // 2]
    return sorted(requests, key=lambda r: (-lengths.get(r.problem, middle), r.problem))


def base_lengths(samples: Path, split: str) -> dict[str, float]:
    """Mean tokens of base's completions per problem, from the tables that exist so far.

    Before there are any, those of a race's rungs, which lie beside `samples`, count.
    """
    cells = f"{BASE}/{split}/*/*.parquet"
    rungs = f"{RUNGS}/*/{samples.name}/{cells}"
    tables = sorted(samples.glob(cells)) or sorted(samples.parent.glob(rungs))
    if not tables:
        return {}
    drawn = pl.scan_parquet(tables).select("problem", tokens=pl.col("token_ids").list.len())
    mean = drawn.group_by("problem").agg(pl.col("tokens").mean()).collect()
    return dict(mean.rows())
