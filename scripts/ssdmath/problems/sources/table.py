"""A table source's rows as statements and answers; what is left out is counted by reason."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ssdmath.answers.gold import check_gold
from ssdmath.config.documents import shown
from ssdmath.config.problems import FileSource, HubSource, TableSource
from ssdmath.problems.sources import exclusions, files, hub, options
from ssdmath.problems.sources.base import Row, SourceError
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.sources.extractors import OF_LIST, extract, text
from ssdmath.problems.sources.files import field, plain

MAX_STATEMENT = 20_000  # characters of a statement; a longer one is not a competition problem
GOLDS_CHECKED = 2_000  # rows whose golds are read before the first job; .1 ms each
MAX_CHECKED_WHOLE = 64 << 20  # bytes of a file that is read to its end before the first job


def rows(source: FileSource | HubSource, tally: Tally) -> Iterator[Row]:
    """Yield a table source's rows in order; what is left out is added to `tally` by reason."""
    source_name = name_of(source)
    locations: dict[str, str] = {}
    for number, record in islice(_records(source), source.limit):
        location = f"{source_name} row {number}"
        tally.read()
        _check_id(record, source, location, locations)
        row = _row(record, source, location)
        if isinstance(row, str):
            tally.drop(row, location)
        else:
            _check_text(row, source)
            yield row


def name_of(source: FileSource | HubSource) -> str:
    """What a source is called in messages: its path or its hub id."""
    return source.path if isinstance(source, FileSource) else source.id


def check_file(key: str, source: FileSource, *, drop_unparsable: bool = True) -> int | None:
    """Raise in one line if a file source cannot be read, lacks a column or gives no problem.

    A large one is only read up to its first problem: this runs before every start. Unless
    `drop_unparsable`, the golds of the first rows must be readable too; the rule `problems`
    checks all of them. Returns the number of problems, None for a large source.
    """
    tally, count = Tally(), 0
    try:
        for count, row in enumerate(rows(source, tally), 1):
            if count <= GOLDS_CHECKED and not drop_unparsable:
                check_answer(row)
            if count == 1 and _size(Path(source.path)) > MAX_CHECKED_WHOLE:
                return None
    except SourceError as error:
        raise SourceError(f"{key}: {error}") from None
    if not count:
        raise SourceError(f"{key}: {source.path} gives no problem ({tally.counts})")
    return count


def check_answer(row: Row) -> None:
    """Raise if the verifier cannot compare a row's gold answer with anything."""
    if fault := check_gold(row.answer):
        found = f"answer {shown(row.answer)} cannot be compared ({fault})"
        raise SourceError(f"{row.row}: {found}; allowed: a readable answer or drop_unparsable")


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in hub.local_files(path))


def _records(source: FileSource | HubSource) -> Iterator[tuple[int, files.Record]]:
    """Read the columns that are needed, no others."""
    mapped = [name for name in source.columns.model_dump().values() if name]
    columns = list(dict.fromkeys([*mapped, *source.where]))
    if isinstance(source, HubSource) or Path(source.path).is_dir():
        return hub.records(source, columns)
    return files.records(Path(source.path), columns)


def _check_id(
    record: files.Record, source: TableSource, location: str, locations: dict[str, str]
) -> None:
    """Raise if the source's own id occurs a second time."""
    if source.columns.id is None:
        return
    identity = str(field(record, source.columns.id))
    if identity in locations:
        found = f"column {source.columns.id!r} is {identity!r}, as in {locations[identity]}"
        raise SourceError(f"{location}: {found}; allowed: each id once")
    locations[identity] = location


def _check_text(row: Row, source: TableSource) -> None:
    """Raise for a NUL byte: it is no text, and the libraries below cut or refuse it."""
    for name in ("statement", "answer", "stratum", "cluster"):
        if "\0" in (getattr(row, name) or ""):
            column = getattr(source.columns, name)
            found = f"column {column!r} holds a NUL byte"
            raise SourceError(f"{row.row}: {found}; allowed: text without one")


def _row(record: files.Record, source: TableSource, location: str) -> Row | str:
    """Map one record, or say why it is left out."""
    columns = source.columns
    for column, allowed in source.where.items():
        if not _is_allowed(field(record, column), allowed):
            return "filtered"
    statement = text(plain(record, columns.statement, location))
    if statement is None:
        return "no_statement"
    choice = None
    if columns.options:
        labels = field(record, columns.labels)
        choice = options.read(field(record, columns.options), labels, columns)
        if choice is None:
            return "no_options"
        statement = choice.below(statement)
    if len(statement) > MAX_STATEMENT:
        return "too_long"
    if source.answer in OF_LIST:
        raw = field(record, columns.answer)
    else:
        raw = plain(record, columns.answer, location)
    answer = extract(source.answer, raw)
    if answer is None or (choice and answer not in choice.labels):
        return "no_answer"
    if kind := exclusions.reason(source.drop, statement, answer):
        return kind
    difficulty = _difficulty(record, source, location)
    stratum, cluster = _stratum(record, source, difficulty), _cluster(record, source, location)
    return Row(statement, answer, difficulty, stratum, cluster, location)


def _is_allowed(value: Any, allowed: list[str | int | float | bool]) -> bool:
    """Whether a value is allowed; a csv holds text only, so text that says the same counts."""
    return value in allowed or (
        isinstance(value, str) and value.strip().casefold() in {str(a).casefold() for a in allowed}
    )


def _difficulty(record: files.Record, source: TableSource, location: str) -> float | None:
    """A number, also one written as text, or the first in a label; None where there is none."""
    value = field(record, source.columns.difficulty)
    if value is None:
        return None
    if isinstance(value, str) and value in source.levels:
        return source.levels[value]
    try:
        number = float(value)
    except OverflowError:
        found = f"column {source.columns.difficulty!r} holds {shown(value)}"
        raise SourceError(f"{location}: {found}; allowed: a number below 1e308") from None
    except (TypeError, ValueError):  # a label
        digits = re.search(r"\d+(?:\.\d+)?", str(value))
        return float(digits.group()) if digits else None
    return number if math.isfinite(number) else None


def _stratum(record: files.Record, source: TableSource, difficulty: float | None) -> str:
    if source.columns.stratum:
        return text(field(record, source.columns.stratum)) or "none"
    if not source.bins:
        return "all"
    if difficulty is None:
        return "none"
    edges = [f"{edge:g}" for edge in source.bins]
    bin_number = bisect_right(source.bins, difficulty)
    if bin_number == 0:
        return f"below {edges[0]}"
    lower = edges[bin_number - 1]
    if bin_number == len(edges):
        return f"{lower} and up"
    return f"{lower} to {edges[bin_number]}"


def _cluster(record: files.Record, source: TableSource, location: str) -> str | None:
    if source.columns.cluster is None:
        return None
    cluster = text(field(record, source.columns.cluster))
    if cluster is None:
        column = source.columns.cluster
        raise SourceError(f"{location}: column {column!r} is empty; allowed: a cluster's name")
    return cluster
