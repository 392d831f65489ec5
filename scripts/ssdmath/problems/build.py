"""The problem tables: clean, give stable ids, de-duplicate, split, and count what was left out.

Splits are filled in the order test, validation, train, so that a statement that stands twice stays
with the split that must not leak. Within a split the order is stratified and seeded: every prefix
has the split's mix, and a smaller split is nested in a larger one.
"""

from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.base import Split
from ssdmath.config.problems import GeneratedSource, HubSource, ProblemsConfig
from ssdmath.problems.decontamination import pairs
from ssdmath.problems.sources.base import SourceError
from ssdmath.problems.splitter import Pools

ORDER: tuple[Split, ...] = ("test", "validation", "train")
LISTED = 50  # pairs that the report names itself; all are in the cut table


class Built(NamedTuple):
    """What `build` makes."""

    frames: dict[Split, pl.DataFrame]  # one PROBLEMS table a split
    report: dict[str, Any]  # what was read and left out and why
    cut: pl.DataFrame  # pairs that tell one problem: decontamination.cut.CUT


def build(section: ProblemsConfig, *, smoke: bool = False) -> Built:
    """Read the sources and fill the splits; SourceError names what cannot be read or is short."""
    check_pinned(section, smoke=smoke)
    pools = Pools(section)
    frames = {split: pools.take(split) for split in ORDER}
    report = {
        "sources": {name: tally.counts for name, tally in pools.tally.items()},
        "examples": {name: tally.examples for name, tally in pools.tally.items()},
        "origins": {name: _origin(section, name) for name in section.sources},
        "splits": {split: _described(frame) for split, frame in frames.items()},
    }
    found = pairs.table(pools.cut)
    return Built(frames, report | {"decontamination": _decontaminated(pools, found)}, found)


def check_pinned(section: ProblemsConfig, *, smoke: bool) -> None:
    """Raise if a hub source would be read at no particular commit, outside a smoke study."""
    if not smoke and (found := section.pin_refusal):
        raise SourceError(found)


def _origin(section: ProblemsConfig, name: str) -> dict[str, str]:
    """Where a source comes from, under which licence, at which commit."""
    source = section.sources[name]
    if isinstance(source, GeneratedSource):
        return {"generated": f"seed {source.seed}"}
    if isinstance(source, HubSource):
        known = {"hub": source.id, "revision": source.revision}
    else:
        known = {"file": source.path}
    return known | {"licence": source.licence or "not given"}


def _described(frame: pl.DataFrame) -> dict[str, Any]:
    strata = frame.group_by("stratum").len().sort("stratum")
    return {
        "problems": frame.height,
        "clusters": frame["cluster"].n_unique(),
        "strata": dict(strata.iter_rows()),
    }


def _decontaminated(pools: Pools, found: pl.DataFrame) -> dict[str, Any]:
    """The rule, which sources it was held to, and how many pairs it found."""
    rule = pools.section.decontamination
    compared = {name: pools.compares(name) for name in pools.section.sources}
    counts = found.group_by("done", "split", "other_split", "rule").len(name="pairs")
    return {
        "rule": rule.model_dump(),
        "compared": [name for name, held in compared.items() if held],
        "not_compared": [name for name, held in compared.items() if not held],
        "pairs": counts.sort("done", "split", "other_split", "rule").to_dicts(),
        "most_similar": found.head(LISTED).to_dicts(),
    }
