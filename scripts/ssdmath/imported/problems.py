"""The problems that samples answer: a PROBLEMS table, or rows of statements and answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.answers.gold import check_gold
from ssdmath.config.documents import shown
from ssdmath.problems.normalise import comparable, problem_id
from ssdmath.problems.sources import files
from ssdmath.problems.sources.base import SourceError, first_line
from ssdmath.problems.sources.extractors import extract, text
from ssdmath.tables import schemas

# Names under which statements and answers stand, in the order in which they are looked for.
STATEMENTS = ("statement", "problem", "question")
ANSWERS = ("expected_answer", "final_answer", "answer")
SPLIT = "test"  # what scores and contrasts call the only split
_SHORTEST = 12  # characters of a statement that is looked for inside a prompt


class Problems:
    """A table of problems (`tables.PROBLEMS`), and how names of samples are matched to it."""

    def __init__(self, table: pl.DataFrame) -> None:
        """The problems of one file."""
        self.table = table
        self.golds: dict[str, str] = dict(zip(table["id"], table["answer"], strict=True))
        forms = [comparable(statement) for statement in table["statement"]]
        self._by_statement: dict[str, str] = dict(zip(forms, table["id"], strict=True))
        self._found: dict[str, str | None] = {}

    def find(self, name: str) -> str | None:
        """The id of the problem with this id or statement, or whose statement a prompt holds.

        None: there is no such problem, or a prompt holds several.
        """
        if name not in self._found:
            self._found[name] = name if name in self.golds else self._of_statement(name)
        return self._found[name]

    def _of_statement(self, name: str) -> str | None:
        form = comparable(name)
        if form in self._by_statement:
            return self._by_statement[form]
        inside = [s for s in self._by_statement if len(s) >= _SHORTEST and _holds(form, s)]
        # A statement may hold a shorter one; then the longest is meant.
        longest = max(inside, key=len, default="")
        alone = longest and all(s in longest for s in inside)
        return self._by_statement[longest] if alone else None


def _holds(prompt: str, statement: str) -> bool:
    """Whether a prompt holds a statement that neither begins nor ends inside a word or number."""
    if statement not in prompt:  # quick, and nearly always the answer
        return False
    before = r"(?<!\w)" if statement[0].isalnum() else ""
    after = r"(?!\w)" if statement[-1].isalnum() else ""
    return re.search(before + re.escape(statement) + after, prompt) is not None


def columns_of(path: Path) -> list[str]:
    """The columns of a file's first row; SourceError: it is no jsonl, csv or parquet file."""
    if path.suffix != ".parquet":
        return list(next(files.records(path, []), (0, {}))[1])
    try:
        return list(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        found = f"found no parquet table ({first_line(error)})"
        raise SourceError(f"{path}: {found}; allowed: a whole parquet file") from None


def read(path: Path) -> Problems:
    """Read a file of problems; SourceError names a row that cannot be used or stands twice."""
    if not path.is_file():
        raise SourceError(f"{path}: found no file of problems; allowed: jsonl, csv or parquet")
    rows: dict[str, dict[str, Any]] = {}
    seen: dict[str, str] = {}
    for where, row in _rows(path):
        for kind, value in (("id", row["id"]), ("statement", comparable(row["statement"]))):
            if (earlier := seen.setdefault(f"{kind} {value}", where)) != where:
                raise SourceError(f"{where}: found the {kind} of {earlier}; allowed: each once")
        if fault := check_gold(row["answer"]):
            found = f"answer {shown(row['answer'])} cannot be compared ({fault})"
            raise SourceError(f"{where}: {found}; allowed: a readable answer")
        rows[row["id"]] = row
    if not rows:
        raise SourceError(f"{path}: found no problem; allowed: a row for each")
    return Problems(pl.DataFrame(list(rows.values()), schema=schemas.PROBLEMS))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    found = columns_of(path)
    statement, answer = (_first(path, names, found) for names in (STATEMENTS, ANSWERS))
    optional = [name for name in ("id", "stratum", "cluster", "source") if name in found]
    for number, record in files.records(path, [statement, answer, *optional]):
        where = f"{path} row {number}"
        said = text(files.plain(record, statement, where))
        raw = files.plain(record, answer, where)
        extractor = "after_hashes" if "####" in str(raw) else "as_is"
        gold = extract(extractor, raw)
        if said is None or gold is None:
            column = statement if said is None else answer
            raise SourceError(f"{where}: found nothing in column {column!r}; allowed: text")
        identity = text(record.get("id")) or problem_id(path.stem, said)
        yield (
            where,
            {
                "id": identity,
                "source": text(record.get("source")) or path.stem,
                "split": SPLIT,
                "statement": said,
                "answer": gold,
                "difficulty": None,  # no table of judged samples has it
                "stratum": text(record.get("stratum")) or "all",
                "cluster": text(record.get("cluster")) or identity,
            },
        )


def _first(path: Path, names: tuple[str, ...], found: list[str]) -> str:
    present = [name for name in names if name in found]
    if not present:
        said = f"found columns {', '.join(sorted(found)) or 'none'}"
        raise SourceError(f"{path}: {said}; allowed: one of {', '.join(names)}")
    return present[0]
