"""Reading a source: its rows as statements and answers.

A source gives rows (statement, answer, difficulty, stratum, cluster); cleaning and splitting are
`problems`' work. `datasets` is imported only for a hub source.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from ssdmath.answers.extraction import last_box
from ssdmath.micro import problems as micro
from ssdmath.sections.problems import FileSource, GeneratedSource, HubSource, TableSource


class SourceError(ValueError):
    """A source that cannot be read as configured; one line naming file, column or row."""


class Row(NamedTuple):
    """One problem as its source has it; `row` is where, for messages."""

    statement: str
    answer: str
    difficulty: float | None
    stratum: str
    cluster: str | None
    row: str


def _first_of_list(value: Any) -> str | None:
    return str(value[0]) if isinstance(value, list) and len(value) == 1 else None


def _after_hashes(value: Any) -> str | None:
    _, mark, answer = str(value).rpartition("####")
    return answer.strip() if mark else None


def _boxed(value: Any) -> str | None:
    return last_box(str(value))


def _as_is(value: Any) -> str | None:
    return str(value).strip() or None if value is not None else None


READERS: dict[str, Callable[[Path], pl.DataFrame]] = {
    ".jsonl": pl.read_ndjson,
    ".csv": pl.read_csv,
    ".parquet": pl.read_parquet,
}
EXTRACTORS: dict[str, Callable[[Any], str | None]] = {
    "as_is": _as_is,
    "after_hashes": _after_hashes,
    "boxed": _boxed,
    "only_of_list": _first_of_list,
}


def rows(source: FileSource | HubSource, counts: dict[str, int]) -> Iterator[Row]:
    """Yield a table source's rows in order; what is left out is added to `counts` by reason."""
    where = source.path if isinstance(source, FileSource) else source.id
    table = _table(source)
    _check_columns(table, source, where)
    counts["read"] = counts.get("read", 0) + table.height
    for number, record in enumerate(table.iter_rows(named=True), 1):
        reason, row = _row(record, source, f"{where} row {number}")
        if row is None:
            counts[reason] = counts.get(reason, 0) + 1
        else:
            yield row


def check_file(key: str, source: FileSource) -> None:
    """Raise in one line if a file source cannot be read, lacks a column or gives no problem."""
    counts: dict[str, int] = {}
    try:
        found = sum(1 for _ in rows(source, counts))
    except SourceError as error:
        raise SourceError(f"{key}: {error}") from None
    if not found:
        raise SourceError(f"{key}: {source.path} gives no problem ({counts})")


def generated(source: GeneratedSource, split: str, size: int) -> Iterator[Row]:
    """Yield the micro world's problems of one split."""
    for number, p in enumerate(micro.generate(split=split, n=size, seed=source.seed), 1):
        yield Row(p.statement, p.answer, p.difficulty, p.stratum, None, f"generated row {number}")


def _row(record: dict[str, Any], source: TableSource, where: str) -> tuple[str, Row | None]:
    """Map one record, or say why it is left out."""
    columns = source.columns
    if any(record[column] not in allowed for column, allowed in source.where.items()):
        return "filtered", None
    statement = _as_is(record[columns.statement])
    if statement is None:
        return "no_statement", None
    answer = EXTRACTORS[source.answer](record[columns.answer])
    if answer is None:
        return "no_answer", None
    difficulty = record[columns.difficulty] if columns.difficulty else None
    if isinstance(difficulty, str):
        digits = re.search(r"\d+(?:\.\d+)?", difficulty)
        difficulty = digits.group() if digits else None
    stratum = str(record[columns.stratum]) if columns.stratum else "all"
    cluster = str(record[columns.cluster]) if columns.cluster else None
    if columns.cluster and not (record[columns.cluster] or record[columns.cluster] == 0):
        raise SourceError(
            f"{where}: column {columns.cluster!r} is empty; allowed: a cluster's name"
        )
    value = float(difficulty) if difficulty is not None else None
    return "", Row(statement, answer, value, stratum, cluster, where)


def _table(source: FileSource | HubSource) -> pl.DataFrame:
    """Read the columns that are needed, no others."""
    if isinstance(source, HubSource):
        return _hub_table(source)
    path = Path(source.path)
    read = READERS.get(path.suffix)
    if read is None:
        raise SourceError(f"{path}: a file source is one of {sorted(READERS)}, found {path.suffix}")
    try:
        return read(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from None


def _hub_table(source: HubSource) -> pl.DataFrame:
    """Read a hub split through `datasets`; the only place that may use the network."""
    import datasets

    load: Callable[..., Any] = datasets.load_dataset
    data = load(source.id, source.config, split=source.split, revision=source.revision)
    return pl.DataFrame(data.to_polars())


def _check_columns(table: pl.DataFrame, source: TableSource, where: str) -> None:
    named = [name for name in source.columns.model_dump().values() if name] + list(source.where)
    missing = [name for name in named if name not in table.columns]
    if missing:
        raise SourceError(f"{where}: no column {missing}; the file has {table.columns}")
