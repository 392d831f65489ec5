"""Seeded orders in which every prefix has the mix of the whole, so that smaller sets are nested."""

import hashlib
import heapq
import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence

from ssdmath.problems.normalise import Record


def stratified(records: Iterable[Record], seed: int, limit: int) -> list[Record]:
    """Order records so that every prefix has the strata's mix; seeded, whatever order they had.

    Only `limit` of a stratum are kept (and held at any time): those that come first. Their places
    are those they have among all.
    """
    heaps: dict[str, list[tuple[int, int, Record]]] = {}
    totals: dict[str, int] = {}
    order = itertools.count()  # decides nothing but keeps records out of comparisons
    for record in records:
        stratum = record["stratum"]
        heap = heaps.setdefault(stratum, [])
        totals[stratum] = totals.get(stratum, 0) + 1
        push = heapq.heappush if len(heap) < limit else heapq.heappushpop
        push(heap, (-_random_key(record["id"], seed), next(order), record))
    ranked = [
        ((rank + 0.5) / totals[stratum], stratum, record)
        for stratum, heap in heaps.items()
        for rank, (_, _, record) in enumerate(sorted(heap, key=lambda item: -item[0]))
    ]
    return [record for _, _, record in sorted(ranked, key=lambda item: item[:2])]


def spread(records: Sequence[Record], key: Callable[[Record], Hashable]) -> list[Record]:
    """Order records so that every prefix has their mix of `key`; within a key they keep order."""
    groups: dict[Hashable, list[Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    ranked = [
        ((rank + 0.5) / len(group), number, record)
        for number, group in enumerate(groups.values())
        for rank, record in enumerate(group)
    ]
    return [record for _, _, record in sorted(ranked, key=lambda item: item[:2])]


def _random_key(identity: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {identity}".encode()).digest())
