"""Somebody else's samples as SAMPLES rows: matched, numbered and checked before any is judged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.documents import shown
from ssdmath.imported import mapping
from ssdmath.imported.problems import Problems, columns_of
from ssdmath.problems.sources import files
from ssdmath.problems.sources.base import SourceError
from ssdmath.tables import schemas

LONGEST = 1 << 20  # bytes of a completion
SUFFIXES = (".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class Draw:
    """One completion as a file has it."""

    where: str  # file and row, for messages
    file: Path
    problem: str  # as the file names it
    index: int | None
    text: str
    finish: str | None  # stop | length; None: not known
    tokens: int | None


@dataclass
class Side:
    """The samples of one file or folder; `frame` is SAMPLES, `tokens` beside it where known."""

    name: str
    files: list[Path]
    frame: pl.DataFrame
    tokens: pl.Series
    misses: list[str] = field(default_factory=list)  # rows whose problem is not known

    @property
    def knows_finish(self) -> bool:
        """Whether it is known of every draw why it ended."""
        return self.frame["finish"].null_count() == 0

    @property
    def knows_tokens(self) -> bool:
        """Whether the length of every draw is known."""
        return self.tokens.null_count() == 0


def read(name: str, path: Path, problems: Problems, asked: str, *, leave_out: bool) -> Side:
    """Read a side; SourceError names file and row of the first that cannot be used.

    `asked` is the mapping (`mapping.of_file`). A row of an unknown problem is an error, or with
    `leave_out` one of `misses`.
    """
    found = _files(path)
    rows: list[dict[str, Any]] = []
    misses: list[str] = []
    seen: dict[tuple[str, object], str] = {}
    counts: dict[str, int] = {}
    for draw, each in ((draw, each) for file in found for draw, each in _draws(file, asked)):
        problem = problems.find(draw.problem)
        if problem is None:
            misses.append(f"{draw.where}: found problem {shown(draw.problem)}, which is unknown")
            continue
        index = counts.get(problem, 0) if draw.index is None else draw.index
        counts[problem] = index + 1
        # Where a file has one draw of each problem, the file is what may stand once.
        key = index if draw.index is not None or each == "row" else str(draw.file)
        if (earlier := seen.setdefault((problem, key), draw.where)) != draw.where:
            said = f"found problem {shown(draw.problem)}, draw {index} a second time"
            raise SourceError(f"{draw.where}: {said}, as in {earlier}; allowed: each draw once")
        rows.append({"problem": problem, "index": index, "text": draw.text,
                     "finish": draw.finish, "tokens": draw.tokens})  # fmt: skip
    if misses and not leave_out:
        allowed = "an id or statement of the problems, or MISSES=leave_out"
        raise SourceError(f"{misses[0]} ({len(misses):,} such rows); allowed: {allowed}")
    if not rows:
        raise SourceError(f"{path}: found no sample of a known problem; allowed: one at least")
    table = pl.DataFrame(rows, schema=_ROWS).sort("problem", "index")
    return Side(name, found, _as_samples(table), table["tokens"], misses)


_ROWS = {name: schemas.SAMPLES[name] for name in ("problem", "index", "text", "finish")} | {
    "tokens": pl.Int32()
}


def _as_samples(table: pl.DataFrame) -> pl.DataFrame:
    """The SAMPLES columns, null where they are not known."""
    missing = [name for name in schemas.SAMPLES if name not in table.columns]
    nulls = [pl.lit(None, dtype=schemas.SAMPLES[name]).alias(name) for name in missing]
    return table.with_columns(nulls).select(schemas.SAMPLES.names())


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    if not found:
        said = "found no such file or folder" if not path.exists() else "found no such file in it"
        raise SourceError(f"{path}: {said}; allowed: {' or '.join(SUFFIXES)}")
    return found


def _draws(file: Path, asked: str) -> Iterator[tuple[Draw, str]]:
    """The draws of a file in its order, and what `each` of its mapping says."""
    columns = mapping.of_file(str(file), columns_of(file), asked)
    for number, record in files.records(file, [*columns.needed, *columns.optional]):
        where = f"{file} row {number}"
        problem, texts = (_at(record, name) for name in columns.needed)
        if not isinstance(problem, str | int) or isinstance(problem, bool):
            said = f"found {shown(problem)} in column {columns.problem!r}"
            raise SourceError(f"{where}: {said}; allowed: an id or a statement")
        if isinstance(texts, list) and columns.index:
            said = f"found a list in column {columns.text!r} beside one index"
            raise SourceError(f"{where}: {said}; allowed: a mapping without index")
        index = _index(_at(record, columns.index), columns.index, where)
        finish = _finish(_at(record, columns.finish), columns.finish, where)
        for text in texts if isinstance(texts, list) else [texts]:
            _check_text(text, columns.text, where)
            tokens = _tokens(_at(record, columns.tokens), text)
            yield Draw(where, file, str(problem), index, text, finish, tokens), columns.each


def _at(record: files.Record, name: str | None) -> Any:
    """A column's value, null without a column; `a.b` is field b of the struct in column a."""
    if name is None or name in record:
        return None if name is None else record[name]
    value: Any = record
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _check_text(text: Any, column: str, where: str) -> None:
    if not isinstance(text, str):
        raise SourceError(f"{where}: found {shown(text)} in column {column!r}; allowed: text")
    if (size := len(text.encode())) > LONGEST:
        said = f"found a text of {size:,} bytes in column {column!r}"
        raise SourceError(f"{where}: {said}; allowed: at most {LONGEST:,}")


def _index(value: Any, column: str | None, where: str) -> int | None:
    if column is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        said = f"found {shown(value)} in column {column!r}"
        raise SourceError(f"{where}: {said}; allowed: the number of a draw, from 0")
    return value


def _finish(value: Any, column: str | None, where: str) -> str | None:
    if value is None:
        return None
    if str(value) not in mapping.FINISH:
        said = f"found {shown(value)} in column {column!r}"
        raise SourceError(f"{where}: {said}; allowed: {', '.join(mapping.FINISH)}, or null")
    return mapping.FINISH[str(value)]


def _tokens(value: Any, text: str) -> int | None:
    """The length of a draw; 0 beside a text means that a program did not count."""
    count = len(value) if isinstance(value, list) else value
    if not isinstance(count, int) or isinstance(count, bool):
        return None
    return count if count > 0 or not text else None
