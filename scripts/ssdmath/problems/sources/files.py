"""Rows of a local file, one after the other: no file is ever held whole.

Lines are read by ourselves and not by a table reader, because a reader's message about a broken
byte or brace cannot name the row.
"""

import csv
import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ssdmath.config.documents import shown
from ssdmath.problems.sources.base import SourceError, first_line

Record = dict[str, Any]
MAX_LINE = 64 << 20  # bytes; a longer line is not a row of problems
BATCH = 256


def records(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    """Yield (row number, record with at least `columns`) of a jsonl, csv or parquet file."""
    reader = READERS.get(path.suffix)
    if reader is None:
        allowed = f"a folder or one of {sorted(READERS)}"
        raise SourceError(f"{path}: a file source is {allowed}, found {path.suffix or 'none'}")
    try:
        yield from reader(path, columns)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({first_line(error)})") from None


def field(record: Record, name: str | None) -> Any:
    """A column's value, None without one; `a.b` is field b of the struct in column a."""
    if name is None or name in record:
        return None if name is None else record[name]
    value: Any = record
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def plain(record: Record, name: str | None, where: str) -> Any:
    """A column's value as `field` gives it; SourceError for a list or anything else but a value.

    Written out as text, `[5, 6]` would be an interval.
    """
    value = field(record, name)
    if isinstance(value, list | dict | bytes):
        found = f"column {name!r} holds {shown(value)}"
        raise SourceError(f"{where}: {found}; allowed: text or a number")
    return value


def lacking(columns: Iterable[str], present: Collection[str]) -> list[str]:
    """The wanted columns that are not there; `a.b` needs only a column `a` here."""
    return [name for name in columns if name not in present and name.split(".")[0] not in present]


def check_columns(location: str, columns: Sequence[str], present: Sequence[str]) -> list[str]:
    """Raise if a wanted column is not there; give those to be read, `a` where `a.b` is wanted."""
    if missing := lacking(columns, present):
        raise SourceError(f"{location}: no column {missing}; the file has {sorted(present)}")
    return sorted({name if name in present else name.split(".")[0] for name in columns})


def _jsonl(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    checked = False
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            record = json.loads(
                line,
                parse_constant=_refuse_constant,
                parse_float=_finite,
                object_pairs_hook=_distinct,
            )
            if "\\u" in line:  # half a surrogate pair is no text that a table can hold
                json.dumps(record, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            found = f"not JSON ({first_line(error)})"
            raise SourceError(f"{path} row {number}: {found}; allowed: an object a line") from None
        if not isinstance(record, dict):
            found = f"holds {type(record).__name__}"
            raise SourceError(f"{path} row {number}: {found}; allowed: an object a line")
        if not checked:
            check_columns(str(path), columns, list(record))
            checked = True
        yield number, record


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    """A number of JSON; 1e400 is none that can be held."""
    value = float(text)
    return value if math.isfinite(value) else _refuse_constant(text)


def _distinct(pairs: list[tuple[str, Any]]) -> Record:
    """An object whose keys stand once: of two, the last would count and nobody would know."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return record


def _csv(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    csv.field_size_limit(MAX_LINE)
    reader = csv.reader((line for _, line in _lines(path)), strict=True)
    number = -1  # the head is row 0
    try:
        header = next(reader, [])
        check_columns(str(path), columns, header)
        if repeated := sorted({name for name in header if header.count(name) > 1}):
            found = f"the head has {repeated} twice"
            raise SourceError(f"{path} row 0: {found}; allowed: each column once")
        number = 0
        for number, values in enumerate(reader, 1):
            if not values:  # an empty line
                continue
            if len(values) != len(header):
                found = f"{len(values)} fields, the head has {len(header)}"
                raise SourceError(f"{path} row {number}: {found}; allowed: as many as the head")
            yield number, {k: v if v else None for k, v in zip(header, values, strict=True)}
    except csv.Error as error:
        raise SourceError(f"{path} row {number + 1}: not CSV ({first_line(error)})") from None


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield numbered lines as text; the error of a broken byte names its line."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                found = f"longer than {MAX_LINE >> 20} MB"
                raise SourceError(f"{path} row {number}: {found}; allowed: a problem a line")
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                found = f"byte {error.start + 1} is not UTF-8 ({error.reason})"
                raise SourceError(f"{path} row {number}: {found}; allowed: UTF-8 text") from None


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    import pyarrow as pa  # a fifth of a second: not for everyone who imports this module
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            projected = check_columns(str(path), columns, file.schema_arrow.names)
            for batch in file.iter_batches(BATCH, columns=projected, use_threads=False):
                for record in batch.to_pylist():
                    number += 1
                    yield number, record
    except (pa.ArrowException, UnicodeDecodeError) as error:
        found = f"cannot be read after row {number} ({first_line(error)})"
        raise SourceError(f"{path}: {found}; allowed: a whole parquet file") from None


READERS: dict[str, Callable[[Path, Sequence[str]], Iterator[tuple[int, Record]]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
}
