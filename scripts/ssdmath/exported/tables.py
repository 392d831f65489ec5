"""The tables of an exported study, read lazily: what nobody may pass on is null."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from ssdmath.exported.licences import Licence
from ssdmath.finished.folder import StudyFolderError
from ssdmath.finished.study import FinishedStudy

# Tables of draws, and their columns that hold the problem's text.
DRAWS: dict[str, tuple[str, ...]] = {"samples": ("prompt_ids",), "verdicts": ()}
WHOLE = "study"  # the one split of tables about the whole study


class Table(NamedTuple):
    """One file of the data set: a configuration's rows of one split."""

    config: str
    split: str
    rows: pl.LazyFrame


def of(study: FinishedStudy, licences: list[Licence]) -> Iterator[Table]:
    """Yield problems, samples and verdicts split by split, then scores and contrasts."""
    allowed = passed_on(licences)
    splits = list(study.folder.study.problems.splits)
    problems = study.problems.lazy().with_columns(withheld=~pl.col("source").is_in(allowed))
    for split in splits:
        of_split = problems.filter(pl.col("split") == split)
        yield Table("problems", split, _without(of_split, ("statement", "answer")))
    withheld = study.problems.filter(~pl.col("source").is_in(allowed))["id"].implode()
    for kind, hidden in DRAWS.items():
        for split in splits:
            if (rows := _draws(study, kind, split)) is not None:
                marked = rows.with_columns(withheld=pl.col("problem").is_in(withheld))
                yield Table(kind, split, _without(marked, hidden))
    for name, frame in (("scores", study.scores), ("contrasts", study.contrasts)):
        yield Table(name, WHOLE, frame.lazy())


def passed_on(licences: Sequence[Licence]) -> list[str]:
    """The sources whose statements and answers may be passed on."""
    return [licence.source for licence in licences if licence.open]


def _without(rows: pl.LazyFrame, columns: tuple[str, ...]) -> pl.LazyFrame:
    """Null in some columns of the rows that are withheld."""
    kept = [pl.when(~pl.col("withheld")).then(pl.col(name)).alias(name) for name in columns]
    return rows.with_columns(*kept)


def _draws(study: FinishedStudy, kind: str, split: str) -> pl.LazyFrame | None:
    """The draws of a split; None where the study has none, as of what nothing was trained on."""
    read = study.samples if kind == "samples" else study.verdicts
    try:
        return read(split=split)
    except StudyFolderError:
        return None
