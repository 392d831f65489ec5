"""The problem tables: clean, give stable ids, de-duplicate, split, and count what was left out.

Splits are filled in the order test, validation, train, so that a statement that stands twice stays
with the split that must not leak. Within a source the order is stratified and seeded: every prefix
has the source's mix, so a smaller split is nested in a larger one.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import Any

import polars as pl

from ssdmath import tables
from ssdmath.answers import check_gold
from ssdmath.sections.base import Split
from ssdmath.sections.problems import GeneratedSource, ProblemsSection
from ssdmath.sources import Row, SourceError, generated, rows

ORDER: tuple[Split, ...] = ("test", "validation", "train")


def build(section: ProblemsSection) -> tuple[dict[Split, pl.DataFrame], dict[str, Any]]:
    """Return one PROBLEMS table a split, and the report of what was read and left out and why."""
    pools = _Pools(section)
    frames = {split: pools.take(split) for split in ORDER}
    report = {
        "sources": pools.counts,
        "splits": {split: _described(frame) for split, frame in frames.items()},
    }
    return frames, report


def normalise(statement: str) -> str:
    """Give the form in which two statements are compared: NFKC, whitespace runs as one space."""
    return " ".join(unicodedata.normalize("NFKC", statement).split())


def problem_id(source: str, statement: str) -> str:
    """Name a problem by its content, so that no order, machine or split changes its id."""
    return f"{source}-{hashlib.sha256(normalise(statement).encode()).hexdigest()[:12]}"


class _Pools:
    """The cleaned rows of each source, handed out to the splits without giving one twice."""

    def __init__(self, section: ProblemsSection) -> None:
        self.section = section
        self.counts: dict[str, dict[str, int]] = {name: {} for name in section.sources}
        self.seen: set[str] = set()
        self.queues: dict[str, Iterator[dict[str, Any]]] = {}

    def take(self, split: Split) -> pl.DataFrame:
        """Give the next `size` problems of the split's source as a PROBLEMS table."""
        name, size = self.section.splits[split].source, self.section.splits[split].size
        source = self.section.sources[name]
        if isinstance(source, GeneratedSource):
            self._count(name, "read", size)
            queue = self._clean(name, generated(source, split, size))
        else:
            if name not in self.queues:
                cleaned = list(self._clean(name, rows(source, self.counts[name])))
                self.queues[name] = iter(stratified(cleaned, self.section.seed))
            queue = self.queues[name]
        taken = [record | {"split": split} for record in islice(queue, size)]
        if len(taken) < size:
            found = f"problems.splits.{split}.size is {size}, but source {name!r} has only"
            raise SourceError(f"{found} {len(taken)} usable rows left; ask for fewer")
        return pl.DataFrame(taken, schema=tables.PROBLEMS)

    def _clean(self, name: str, found: Iterator[Row]) -> Iterator[dict[str, Any]]:
        """Yield records with ids; duplicates and unusable golds are counted, not passed on."""
        for row in found:
            identity = problem_id(name, row.statement)
            plain = normalise(row.statement)
            wrong = check_gold(row.answer)
            if plain in self.seen:
                self._count(name, "duplicate")
            elif wrong and not self.section.drop_unparsable:
                why = f"answer {row.answer!r} cannot be compared ({wrong})"
                raise SourceError(f"{row.row} ({identity}): {why}; or set drop_unparsable: true")
            elif wrong:
                self._count(name, "unparsable_answer")
            else:
                self.seen.add(plain)
                self._count(name, "kept")
                yield {"id": identity, "source": name} | _record(row, identity)

    def _count(self, name: str, reason: str, number: int = 1) -> None:
        self.counts[name][reason] = self.counts[name].get(reason, 0) + number


def _record(row: Row, identity: str) -> dict[str, Any]:
    record = row._asdict()
    del record["row"]
    return record | {"cluster": row.cluster or identity}


def stratified(records: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Order records so that every prefix has the strata's mix; seeded, whatever order they had."""

    def lot(record: dict[str, Any]) -> str:
        return hashlib.sha256(f"{seed} {record['id']}".encode()).hexdigest()

    by_stratum: dict[str, list[dict[str, Any]]] = {}
    for record in sorted(records, key=lot):
        by_stratum.setdefault(record["stratum"], []).append(record)
    placed = [
        ((rank + 0.5) / len(group), stratum, record)
        for stratum, group in by_stratum.items()
        for rank, record in enumerate(group)
    ]
    return [record for _, _, record in sorted(placed, key=lambda item: item[:2])]


def _described(frame: pl.DataFrame) -> dict[str, Any]:
    strata = frame.group_by("stratum").len().sort("stratum")
    return {
        "problems": frame.height,
        "clusters": frame["cluster"].n_unique(),
        "strata": dict(strata.iter_rows()),
    }
