"""A row of a file of samples, by the columns of its mapping, as draws."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ssdmath.config.documents import shown
from ssdmath.imported import mapping
from ssdmath.imported.draws import Draw, boxed, check_text
from ssdmath.problems.sources import files
from ssdmath.problems.sources.base import SourceError

WIDE = 2**31  # indices, token ids and lengths are columns of 32-bit integers


def of_row(
    file: Path, where: str, record: files.Record, columns: mapping.SampleColumns
) -> Iterator[Draw]:
    """The draws of a row: one, or several where its texts are a list.

    SourceError names a value that cannot be used.
    """
    problem, texts = (files.field(record, name) for name in columns.needed)
    if not isinstance(problem, str | int) or isinstance(problem, bool):
        said = f"found {shown(problem)} in column {columns.problem!r}"
        raise SourceError(f"{where}: {said}; allowed: an id or a statement")
    if isinstance(texts, list) and columns.index:
        said = f"found a list in column {columns.text!r} beside one index"
        raise SourceError(f"{where}: {said}; allowed: a mapping without index")
    index = _index(files.field(record, columns.index), columns.index, where)
    finish = _finish(files.field(record, columns.finish), columns.finish, where)
    for text in texts if isinstance(texts, list) else [texts]:
        check_text(text, f"column {columns.text!r}", where)
        length = files.field(record, columns.tokens)
        judged, ids = boxed(text, columns.answer_after), _ids(length)
        once, tokens = columns.each == "file", _tokens(length, columns.tokens, text, where)
        yield Draw(where, file, str(problem), index, text, finish, tokens, judged, ids, once)


def _index(value: Any, column: str | None, where: str) -> int | None:
    if column is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < WIDE:
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


def _ids(value: Any) -> list[int] | None:
    whole = isinstance(value, list) and all(type(t) is int and 0 <= t < WIDE for t in value)
    return value if whole else None


def _tokens(value: Any, column: str | None, text: str, where: str) -> int | None:
    """The length of a draw; 0 beside a text, or less, means that a program did not count."""
    count = len(value) if isinstance(value, list) else value
    if not isinstance(count, int) or isinstance(count, bool):
        return None
    if count >= WIDE:
        said = f"found {shown(count)} in column {column!r}"
        raise SourceError(f"{where}: {said}; allowed: a length in tokens, or token ids")
    return count if count > 0 or (count == 0 and not text) else None
