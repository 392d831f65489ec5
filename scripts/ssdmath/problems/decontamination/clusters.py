"""Near-duplicates inside an evaluation set: they stay, and share a cluster for the statistics."""

from collections.abc import Iterator, Sequence

from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.problems.decontamination.index import Index, Match
from ssdmath.problems.normalise import Record


def near_duplicates(
    records: Sequence[Record], config: DecontaminationConfig
) -> Iterator[tuple[Record, Match]]:
    """Yield each pair of records that state the same problem, once."""
    index = Index(records, config)
    positions = {record["id"]: i for i, record in enumerate(records)}
    for i, record in enumerate(records):
        for match in index.matches(record):
            if positions[match.record["id"]] > i:
                yield record, match


def merge(records: Sequence[Record], matches: Sequence[tuple[Record, Match]]) -> list[Record]:
    """Give records that state one problem, directly or through others, one cluster."""
    parents: dict[str, str] = {}
    for record, match in matches:
        roots = sorted({_root(parents, record["cluster"]), _root(parents, match.record["cluster"])})
        for root in roots[1:]:
            parents[root] = roots[0]
    return [record | {"cluster": _root(parents, record["cluster"])} for record in records]


def _root(parents: dict[str, str], cluster: str) -> str:
    while cluster in parents:
        cluster = parents[cluster]
    return cluster
