"""The cleaned rows of all sources, handed out to the splits each problem once."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from ssdmath.answers.gold import check_gold
from ssdmath.config.base import Split
from ssdmath.config.problems import (
    DecontaminationConfig,
    GeneratedSource,
    ProblemsConfig,
    SplitConfig,
)
from ssdmath.problems.decontamination import clusters, pairs
from ssdmath.problems.decontamination.index import Index, Match
from ssdmath.problems.normalise import Record, comparable, record
from ssdmath.problems.sources import generated, table
from ssdmath.problems.sources.base import Row, SourceError
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.stratify import spread, stratified
from ssdmath.tables import schemas

SPARE = 1_000  # rows of a stratum that are held beyond twice what the splits ask for


class Pools:
    """What is left of each source while the splits take from it, test first."""

    def __init__(self, section: ProblemsConfig) -> None:
        """Start with nothing read and nothing taken."""
        self.section = section
        self.tally = {name: Tally() for name in section.sources}
        self.taken: dict[str, Record] = {}
        self.cut: list[dict[str, Any]] = []
        self.index = Index([], section.decontamination)
        self.queues: dict[str, deque[Record]] = {}

    @property
    def rule(self) -> DecontaminationConfig:
        """When two statements count as one problem."""
        return self.section.decontamination

    def take(self, split: Split) -> pl.DataFrame:
        """Give the problems of a split as a PROBLEMS table; call it for test first."""
        asked = self.section.splits[split]
        self.index = Index(list(filter(self._compares, self.taken.values())), self.rule)
        source = self.section.sources[asked.mixed[0]]
        if isinstance(source, GeneratedSource):
            records = self._made(split, asked.mixed[0], source, asked.size)
        else:
            records = self._mixed(split, asked)
        if len(records) < asked.size:
            raise SourceError(self._short(split, asked, len(records)))
        if split != "train":
            records = self._clustered(split, records)
        if len(asked.named) > 1:
            records = [one | {"stratum": _stratum_of_several(one)} for one in records]
        return pl.DataFrame([one | {"split": split} for one in records], schema=schemas.PROBLEMS)

    def _short(self, split: Split, asked: SplitConfig, found: int) -> str:
        """Say how many rows a split lacks, and how many are problems of other splits."""
        tallies = [self.tally[name].counts for name in asked.named]
        cut = sum(
            n for counts in tallies for reason, n in counts.items() if reason.startswith("also_in")
        )
        why = f" ({cut} are problems of other splits)" if cut else ""
        size = f"problems.splits.{split}.size is {asked.size}, but {_named(asked)} has only"
        return f"{size} {found} usable rows left{why}; ask for fewer"

    def _made(self, split: Split, name: str, source: GeneratedSource, size: int) -> list[Record]:
        """Generate a split's problems; they keep the order in which they are made."""
        self.tally[name].read(size)
        cleaned = self._clean(name, generated.rows(source, split, size))
        return [one for one in cleaned if self._accepts(split, one)]

    def _mixed(self, split: Split, asked: SplitConfig) -> list[Record]:
        """Draw from each source what the split asks of it, fill up, and mix."""
        if isinstance(asked.sources, dict):
            parts = [self._draw(split, [name], number) for name, number in asked.sources.items()]
        else:
            parts = [self._draw(split, asked.mixed, asked.size)]
        for name in asked.backfill:
            parts.append(self._draw(split, [name], asked.size - sum(map(len, parts))))
        records = [one for part in parts for one in part]
        return spread(records, lambda one: (one["source"], one["stratum"]))

    def _draw(self, split: Split, names: Sequence[str], number: int) -> list[Record]:
        """Take the next usable records, from each source in proportion to what it has left."""
        queues = {name: self._queue(name) for name in names}
        totals = {name: len(queue) for name, queue in queues.items()}
        drawn: list[Record] = []
        while len(drawn) < number and any(queues.values()):
            left = [name for name in names if queues[name]]
            name = min(left, key=lambda n: (totals[n] - len(queues[n]) + 0.5) / totals[n])
            one = queues[name].popleft()
            if self._accepts(split, one):
                drawn.append(one)
        return drawn

    def _queue(self, name: str) -> deque[Record]:
        """A table source's cleaned rows in stratified order; read when first asked for."""
        if name not in self.queues:
            source = self.section.sources[name]
            assert not isinstance(source, GeneratedSource)
            cleaned = self._clean(name, table.rows(source, self.tally[name]))
            most = 2 * self._asked_of(name) + SPARE
            self.queues[name] = deque(stratified(cleaned, self.section.seed, most))
        return self.queues[name]

    def _asked_of(self, name: str) -> int:
        """The most rows that all splits together can take from a source."""
        asked = [split for split in self.section.splits.values() if name in split.named]
        return sum(split.size for split in asked)

    def _clean(self, name: str, found: Iterator[Row]) -> Iterator[Record]:
        """Yield records with ids; duplicates and unusable golds are counted, not passed on."""
        seen: set[int] = set()
        tally = self.tally[name]
        for row in found:
            made = record(row, name)
            key = hash(comparable(row.statement))
            wrong = check_gold(row.answer)
            if key in seen:
                tally.drop("duplicate", row.row)
            elif wrong and not self.section.drop_unparsable:
                why = f"answer {row.answer!r} cannot be compared ({wrong})"
                raise SourceError(f"{row.row} ({made['id']}): {why}; or set drop_unparsable: true")
            elif wrong:
                tally.drop("unparsable_answer", row.row)
                tally.drop(f"unparsable_{wrong.kind}", row.row)
            else:
                seen.add(key)
                tally.keep()
                yield made

    def _accepts(self, split: Split, one: Record) -> bool:
        """Whether no split has a record's problem yet; if so, the record is now taken."""
        key = comparable(one["statement"])
        same = self.taken.get(key)
        if same is None:
            match = self.index.best(one) if self._compares(one) else None
        else:
            match = Match(same, 1.0, "exact")
        if match is None:
            self.taken[key] = one | {"split": split}
            return True
        other = match.record["split"]
        self.tally[one["source"]].drop(f"also_in_{other}", one["id"])
        if other != split:
            self.cut.append(pairs.pair("dropped", split, one, match))
        return False

    def _clustered(self, split: Split, records: list[Record]) -> list[Record]:
        """Give near-duplicates inside a split one cluster."""
        found = list(clusters.pairs(list(filter(self._compares, records)), self.rule))
        self.cut += [pairs.pair("clustered", split, one, match) for one, match in found]
        return clusters.joined(records, found)

    def _compares(self, one: Record) -> bool:
        return self.compares(one["source"])

    def compares(self, name: str) -> bool:
        """Whether a source is held against others: a generated one is not unless asked for."""
        made = isinstance(self.section.sources[name], GeneratedSource)
        return self.rule.on and (self.rule.generated or not made)


def _named(asked: SplitConfig) -> str:
    names = [repr(name) for name in asked.named]
    return f"source {names[0]}" if len(names) == 1 else f"sources {', '.join(names)} together"


def _stratum_of_several(one: Record) -> str:
    """A stratum's name where several sources meet: it says whose it is."""
    source, stratum = str(one["source"]), str(one["stratum"])
    return source if stratum == "all" else f"{source} {stratum}"
