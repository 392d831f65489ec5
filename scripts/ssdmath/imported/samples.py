"""Somebody else's samples as SAMPLES rows: matched, numbered and checked before any is judged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from ssdmath.config.documents import shown
from ssdmath.imported import inspect_logs, mapping, rows
from ssdmath.imported.draws import Draw
from ssdmath.imported.problems import columns_of
from ssdmath.problems.sources import files
from ssdmath.problems.sources.base import SourceError
from ssdmath.tables import schemas

SUFFIXES = (".jsonl", ".parquet", inspect_logs.SUFFIX)


class Matcher(Protocol):
    """Finds the problem that a sample names."""

    def find(self, name: str) -> str | None:
        """The problem's id; None if it is not known."""


@dataclass
class Side:
    """The samples of one file or folder; `frame` is SAMPLES, `tokens` beside it where known.

    `judged` is what the verifier reads: `frame`, with answers after a mark put in a box.
    """

    name: str
    files: list[Path]
    frame: pl.DataFrame
    tokens: pl.Series
    judged: pl.DataFrame
    model: str | None = None  # where the files name it
    misses: list[str] = field(default_factory=list)  # rows whose problem is not known
    faults: list[str] = field(default_factory=list)  # samples without a completion

    @property
    def knows_finish(self) -> bool:
        """Whether it is known of every draw why it ended."""
        return self.frame["finish"].null_count() == 0

    @property
    def knows_tokens(self) -> bool:
        """Whether the length of every draw is known."""
        return self.tokens.null_count() == 0


def read(
    name: str, path: Path, problems: Matcher, asked: str, *, column: str = "", leave_out: bool
) -> Side:
    """Read a side; SourceError names file and row of the first that cannot be used.

    `asked` is the mapping, and `column` its side (`mapping.of_file`). A row of an unknown problem
    is an error, or with `leave_out` one of `misses`.
    """
    found = files_of(path)
    taken = _Rows(problems)
    for file in found:
        for draw in _draws(file, asked, column):
            taken.add(draw)
    if taken.misses and not leave_out:
        allowed = "an id or statement of the problems, or MISSES=leave_out"
        raise SourceError(
            f"{taken.misses[0]} ({len(taken.misses):,} such rows); allowed: {allowed}"
        )
    if not taken.rows:
        raise SourceError(f"{path}: found no sample of a known problem; allowed: one at least")
    return taken.side(name, found)


class _Rows:
    """The draws of a side as they come, each with its problem, and checked against the others."""

    def __init__(self, problems: Matcher) -> None:
        self.problems = problems
        self.rows: list[dict[str, Any]] = []
        self.misses: list[str] = []
        self.faults: list[str] = []
        self.first: Draw | None = None
        self.seen: dict[tuple[str, object], str] = {}
        self.counts: dict[str, int] = {}

    def add(self, draw: Draw) -> None:
        """Take a draw in; SourceError: another model, or a draw that was there already."""
        self.first = self.first or draw
        if draw.model != self.first.model:
            said = f"found model {shown(draw.model)}, and {shown(self.first.model)} in "
            raise SourceError(f"{draw.where}: {said}{self.first.where}; allowed: one model a side")
        problem = self.problems.find(draw.problem) or self.problems.find(draw.also)
        if draw.fault:
            self.faults.append(f"{draw.where}: {draw.fault}")
        elif problem is None:
            said = f"found problem {shown(draw.problem)}, which is unknown"
            self.misses.append(f"{draw.where}: {said}")
        else:
            self.rows.append(self._row(draw, problem))

    def _row(self, draw: Draw, problem: str) -> dict[str, Any]:
        index = self.counts.get(problem, 0) if draw.index is None else draw.index
        self.counts[problem] = index + 1
        # Where a file has one draw of each problem, the file is what may stand once.
        key = str(draw.file) if draw.index is None and draw.once else index
        if (earlier := self.seen.setdefault((problem, key), draw.where)) != draw.where:
            said = f"found problem {shown(draw.problem)}, draw {index} a second time"
            raise SourceError(f"{draw.where}: {said}, as in {earlier}; allowed: each draw once")
        return {"problem": problem, "index": index, "text": draw.text, "finish": draw.finish,
                "tokens": draw.tokens, "token_ids": draw.token_ids,
                "judged": draw.judged}  # fmt: skip

    def side(self, name: str, files: list[Path]) -> Side:
        """All of them as a side; columns of SAMPLES that no draw has are null."""
        schema = {**schemas.SAMPLES, "tokens": pl.Int32(), "judged": pl.String()}
        table = pl.DataFrame(self.rows, schema=schema).sort("problem", "index")
        frame = table.select(schemas.SAMPLES.names())
        return Side(
            name,
            files,
            frame,
            tokens=table["tokens"],
            judged=frame.with_columns(text=table["judged"]),
            model=self.first.model if self.first else None,
            misses=self.misses,
            faults=self.faults,
        )


def files_of(path: Path) -> list[Path]:
    """The files of samples of a path; SourceError: there is none."""
    if path.is_file():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    if not found:
        said = "found no such file or folder" if not path.exists() else "found no such file in it"
        raise SourceError(f"{path}: {said}; allowed: {' or '.join(SUFFIXES)}")
    return found


def _draws(file: Path, asked: str, side: str) -> Iterator[Draw]:
    """The draws of a file in its order."""
    if file.suffix == inspect_logs.SUFFIX or asked == mapping.INSPECT:
        yield from inspect_logs.draws(file, asked)
        return
    columns = mapping.of_file(str(file), columns_of(file), asked, side)
    for number, record in files.records(file, [*columns.needed, *columns.optional]):
        yield from rows.of_row(file, f"{file} row {number}", record, columns)
