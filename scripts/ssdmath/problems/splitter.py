"""Hands the problems of all sources out to the splits, each problem to one split only."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ssdmath.answers.gold import check_gold
from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.config.documents import shown
from ssdmath.config.generated import GeneratedSource
from ssdmath.config.problems import AnySplit, ProblemsConfig, SplitConfig
from ssdmath.problems.decontamination import clusters, pairs
from ssdmath.problems.decontamination.index import Index, Match
from ssdmath.problems.normalise import Record, comparable, to_record
from ssdmath.problems.sources import generated, table
from ssdmath.problems.sources.base import Row, SourceError
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.stratify import spread, stratified
from ssdmath.tables import schemas

SPARE = 1_000  # rows of a stratum that are kept beyond twice what the splits need


class Splitter:
    """The unused problems of each source; splits are filled from them, test first."""

    def __init__(self, config: ProblemsConfig, filled: Sequence[pl.DataFrame] = ()) -> None:
        """Start with nothing read; `filled` are the PROBLEMS tables of splits made before."""
        self.config = config
        self.tally = {name: Tally() for name in config.sources}
        before = (record for frame in filled for record in frame.to_dicts())
        self.assigned: dict[str, Record] = {  # by comparable statement
            comparable(record["statement"]): record for record in before
        }
        self.duplicates: list[dict[str, Any]] = []  # rows of pairs.DUPLICATES
        self.index = Index([], config.decontamination)
        self.queues: dict[str, deque[Record]] = {}

    @property
    def rule(self) -> DecontaminationConfig:
        """When two statements count as one problem."""
        return self.config.decontamination

    def fill(self, split: AnySplit) -> pl.DataFrame:
        """Give the problems of a split as a PROBLEMS table; call it for test first."""
        wanted = self.config.splits[split]
        self.index = Index(list(filter(self._is_compared, self.assigned.values())), self.rule)
        source = self.config.sources[wanted.mixed[0]]
        if isinstance(source, GeneratedSource):
            records = self._generate(split, wanted.mixed[0], source, wanted.size)
        else:
            records = self._mix(split, wanted)
        if len(records) < wanted.size:
            raise SourceError(self._shortage(split, wanted, len(records)))
        if split != "train":
            records = self._cluster_duplicates(split, records)
        if len(wanted.named) > 1:
            records = [record | {"stratum": _stratum_of_several(record)} for record in records]
        rows = [record | {"split": split} for record in records]
        return pl.DataFrame(rows, schema=schemas.PROBLEMS)

    def _shortage(self, split: AnySplit, wanted: SplitConfig, usable: int) -> str:
        """Say how many rows a split lacks, and how many are problems of other splits."""
        tallies = [self.tally[name].counts for name in wanted.named]
        in_other_splits = sum(
            n for counts in tallies for reason, n in counts.items() if reason.startswith("also_in")
        )
        why = f" ({in_other_splits} are problems of other splits)" if in_other_splits else ""
        size = f"problems.splits.{split}.size: found {wanted.size}, but {_source_names(wanted)}"
        return f"{size} has only {usable} usable rows left{why}; allowed: at most {usable}"

    def _generate(
        self, split: AnySplit, name: str, source: GeneratedSource, size: int
    ) -> list[Record]:
        """Generate a split's problems; they stay in the order of generation."""
        self.tally[name].read(size)
        records = self._clean(name, generated.rows(source, split, size))
        return [record for record in records if self._assign(split, record)]

    def _mix(self, split: AnySplit, wanted: SplitConfig) -> list[Record]:
        """Draw from each source what the split needs of it, fill up, and mix."""
        if isinstance(wanted.sources, dict):
            by_source = [
                self._draw(split, [name], number) for name, number in wanted.sources.items()
            ]
        else:
            by_source = [self._draw(split, wanted.mixed, wanted.size)]
        for name in wanted.backfill:
            by_source.append(self._draw(split, [name], wanted.size - sum(map(len, by_source))))
        records = [record for drawn in by_source for record in drawn]
        return spread(records, lambda record: (record["source"], record["stratum"]))

    def _draw(self, split: AnySplit, names: Sequence[str], number: int) -> list[Record]:
        """Take the next usable records, from each source in proportion to what it has left."""
        queues = {name: self._queue(name) for name in names}
        totals = {name: len(queue) for name, queue in queues.items()}
        drawn: list[Record] = []
        while len(drawn) < number and any(queues.values()):
            nonempty = [name for name in names if queues[name]]
            name = min(nonempty, key=lambda n: (totals[n] - len(queues[n]) + 0.5) / totals[n])
            record = queues[name].popleft()
            if self._assign(split, record):
                drawn.append(record)
        return drawn

    def _queue(self, name: str) -> deque[Record]:
        """A table source's cleaned rows in stratified order; the source is read on first use."""
        if name not in self.queues:
            source = self.config.sources[name]
            assert not isinstance(source, GeneratedSource)
            records = self._clean(name, table.rows(source, self.tally[name]))
            sizes = (split.size for split in self.config.splits.values() if name in split.named)
            limit = 2 * sum(sizes) + SPARE
            self.queues[name] = deque(stratified(records, self.config.seed, limit))
        return self.queues[name]

    def _clean(self, name: str, rows: Iterator[Row]) -> Iterator[Record]:
        """Yield records with ids; duplicates and unusable golds are counted, not passed on."""
        keys: set[int] = set()
        tally = self.tally[name]
        for row in rows:
            record = to_record(row, name)
            key = hash(comparable(row.statement))
            fault = check_gold(row.answer)
            if key in keys:
                tally.drop("duplicate", row.row)
            elif fault and not self.config.drop_unparsable:
                why = f"answer {shown(row.answer)} cannot be compared ({fault})"
                raise SourceError(
                    f"{row.row} ({record['id']}): {why}; or set drop_unparsable: true"
                )
            elif fault:
                tally.drop("unparsable_answer", row.row)
                tally.drop(f"unparsable_{fault.kind}", row.row)
            else:
                keys.add(key)
                tally.keep()
                yield record

    def _assign(self, split: AnySplit, record: Record) -> bool:
        """Give a record to a split; False if a split has the same problem already."""
        key = comparable(record["statement"])
        copy = self.assigned.get(key)
        if copy is None:
            match = self.index.best(record) if self._is_compared(record) else None
        else:
            match = Match(copy, 1.0, "exact")
        if match is None:
            self.assigned[key] = record | {"split": split}
            return True
        other_split = match.record["split"]
        self.tally[record["source"]].drop(f"also_in_{other_split}", record["id"])
        if other_split != split:
            self.duplicates.append(pairs.pair("dropped", split, record, match))
        return False

    def _cluster_duplicates(self, split: AnySplit, records: list[Record]) -> list[Record]:
        """Give near-duplicates inside a split one cluster."""
        compared = list(filter(self._is_compared, records))
        matches = list(clusters.near_duplicates(compared, self.rule))
        self.duplicates += [pairs.pair("clustered", split, *match) for match in matches]
        return clusters.merge(records, matches)

    def _is_compared(self, record: Record) -> bool:
        return self.compares(record["source"])

    def compares(self, name: str) -> bool:
        """Whether a source is compared with others; a generated one only if the study says so."""
        is_generated = isinstance(self.config.sources[name], GeneratedSource)
        return self.rule.on and (self.rule.generated or not is_generated)


def _source_names(wanted: SplitConfig) -> str:
    names = [repr(name) for name in wanted.named]
    return f"source {names[0]}" if len(names) == 1 else f"sources {', '.join(names)} together"


def _stratum_of_several(record: Record) -> str:
    """A stratum's name in a split of several sources: it starts with the source's."""
    source, stratum = str(record["source"]), str(record["stratum"])
    return source if stratum == "all" else f"{source} {stratum}"
