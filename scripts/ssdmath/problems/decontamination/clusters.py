"""Near-duplicates inside an evaluation set: they stay, and share a cluster for the statistics."""

from collections.abc import Iterator, Sequence

from ssdmath.config.problems import DecontaminationConfig
from ssdmath.problems.decontamination.index import Index, Match
from ssdmath.problems.normalise import Record


def pairs(
    records: Sequence[Record], section: DecontaminationConfig
) -> Iterator[tuple[Record, Match]]:
    """Yield each pair of records that tell the same problem, once."""
    index = Index(records, section)
    places = {one["id"]: at for at, one in enumerate(records)}
    for at, one in enumerate(records):
        for match in index.matches(one):
            if places[match.record["id"]] > at:
                yield one, match


def joined(records: Sequence[Record], found: Sequence[tuple[Record, Match]]) -> list[Record]:
    """Give records that tell one problem, directly or through others, one cluster."""
    parents: dict[str, str] = {}
    for one, match in found:
        roots = sorted({_root(parents, one["cluster"]), _root(parents, match.record["cluster"])})
        for root in roots[1:]:
            parents[root] = roots[0]
    return [one | {"cluster": _root(parents, one["cluster"])} for one in records]


def _root(parents: dict[str, str], cluster: str) -> str:
    while cluster in parents:
        cluster = parents[cluster]
    return cluster
