"""The order in which a job draws: the problems with the shortest base completions last.

No draw depends on it. Completions that start last run nearly alone at the end of a job, so they
should be short. Starting with the longest would fill the cache with long ones at once, so that
some are put off and computed again (docs/layout.md).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ssdmath.config.names import BASE, RUNGS
from ssdmath.sampling.requests import Request
from ssdmath.sampling.sweep import Order

SHORTEST = 2  # batches of the shortest completions are left to the end (`make layout`)


def shortest_last(samples: Path, split: str, batch: int) -> Order:
    """Return the order by the lengths in base's finished cells of a split, if there are any."""

    def order(requests: Sequence[Request]) -> Sequence[Request]:
        return by_length(requests, base_lengths(samples, split), SHORTEST * batch)

    return order


def by_length(
    requests: Sequence[Request], lengths: Mapping[str, float], last: int
) -> Sequence[Request]:
    """Put the `last` requests of the shortest mean length at the end, falling; keep the others.

    Problems of unknown length count as the median.
    """
    if not lengths:
        return requests
    middle = sorted(lengths.values())[len(lengths) // 2]
    falling = sorted(requests, key=lambda r: (-lengths.get(r.problem, middle), r.problem))
    shortest = falling[max(0, len(falling) - last) :]
    keys = {request.key for request in shortest}
    return [*(request for request in requests if request.key not in keys), *shortest]


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
