"""The problem tables: clean, give stable ids, de-duplicate, split, and count what was left out.

Splits are filled in the order test, validation, train, so that a statement that occurs twice stays
in the split that must not leak. The outside split is filled after them, by a rule of its own, so
that adding it to a study changes no other split. Within a split the order is stratified and seeded:
every prefix has the split's mix, and a smaller split is nested in a larger one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.base import Split
from ssdmath.config.generated import GeneratedSource
from ssdmath.config.pinning import refusal
from ssdmath.config.problems import OUTSIDE, AnySplit, HubSource, ProblemsConfig
from ssdmath.problems.decontamination import pairs
from ssdmath.problems.sources.base import SourceError
from ssdmath.problems.splitter import Splitter

ORDER: tuple[Split, ...] = ("test", "validation", "train")
MAX_LISTED = 50  # pairs named in the report; the table of duplicates has all


class ProblemTables(NamedTuple):
    """What `build` makes."""

    frames: dict[AnySplit, pl.DataFrame]  # one PROBLEMS table a split
    report: dict[str, Any]  # what was read and left out and why
    duplicates: pl.DataFrame  # pairs that state one problem: pairs.DUPLICATES


def build(config: ProblemsConfig, *, smoke: bool = False) -> ProblemTables:
    """Read the sources and fill the splits; SourceError if one cannot be read or is too small."""
    check_pinned(config, smoke=smoke)
    splitter = Splitter(config)
    frames: dict[AnySplit, pl.DataFrame] = {
        split: splitter.fill(split) for split in ORDER if split in config.splits
    }
    return _tables(splitter, frames, list(config.sources))


def build_outside(
    config: ProblemsConfig, filled: Sequence[pl.DataFrame], *, smoke: bool = False
) -> ProblemTables:
    """Fill the outside split with problems that no other split has; SourceError as `build`.

    `filled` are the PROBLEMS tables of all other splits; sources are read again where needed.
    """
    check_pinned(config, smoke=smoke)
    splitter = Splitter(config, filled)
    frames: dict[AnySplit, pl.DataFrame] = {OUTSIDE: splitter.fill(OUTSIDE)}
    return _tables(splitter, frames, config.splits[OUTSIDE].named)


def _tables(
    splitter: Splitter, frames: dict[AnySplit, pl.DataFrame], sources: Sequence[str]
) -> ProblemTables:
    """The filled splits, with a report on `sources`."""
    tallies = {name: splitter.tally[name] for name in sources}
    report: dict[str, Any] = {
        "sources": {name: tally.counts for name, tally in tallies.items()},
        "examples": {name: tally.examples for name, tally in tallies.items()},
        "origins": {name: _origin(splitter.config, name) for name in sources},
        "splits": {split: _split_summary(frame) for split, frame in frames.items()},
    }
    duplicates = pairs.table(splitter.duplicates)
    report["decontamination"] = _decontamination_report(splitter, duplicates)
    return ProblemTables(frames, report, duplicates)


def check_pinned(config: ProblemsConfig, *, smoke: bool) -> None:
    """Raise if a hub source would be read at no particular commit, outside a smoke study."""
    if not smoke and (unpinned := config.unpinned):
        raise SourceError(refusal(unpinned))


def _origin(config: ProblemsConfig, name: str) -> dict[str, str]:
    """Where a source comes from, under which licence, at which commit."""
    source = config.sources[name]
    if isinstance(source, GeneratedSource):
        return {"generated": f"seed {source.seed}"}
    if isinstance(source, HubSource):
        origin = {"hub": source.id, "revision": source.revision}
    else:
        origin = {"file": source.path}
    return origin | {"licence": source.licence or "not given"}


def _split_summary(frame: pl.DataFrame) -> dict[str, Any]:
    strata = frame.group_by("stratum").len().sort("stratum")
    return {
        "problems": frame.height,
        "clusters": frame["cluster"].n_unique(),
        "strata": dict(strata.iter_rows()),
    }


def _decontamination_report(splitter: Splitter, duplicates: pl.DataFrame) -> dict[str, Any]:
    """The rule, the sources that it compared, and how many pairs it found."""
    rule = splitter.config.decontamination
    compared = {name: splitter.compares(name) for name in splitter.config.sources}
    counts = duplicates.group_by("done", "split", "other_split", "rule").len(name="pairs")
    return {
        "rule": rule.model_dump(),
        "compared": [name for name, is_compared in compared.items() if is_compared],
        "not_compared": [name for name, is_compared in compared.items() if not is_compared],
        "pairs": counts.sort("done", "split", "other_split", "rule").to_dicts(),
        "most_similar": duplicates.head(MAX_LISTED).to_dicts(),
    }
