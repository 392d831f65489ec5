"""The files that the report is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

FOLDERS = ("samples", "verdicts", "training", "checkpoints", "models", "problems", "benchmarks")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The paths that the report is given; None where the study has no such file."""

    scores: str
    contrasts: str
    chosen: str
    problems: Sequence[str]
    problems_report: str
    samples: Sequence[str]
    verdicts: Sequence[str]
    training_logs: Sequence[str] = ()
    health: Sequence[str] = ()
    sets: Sequence[str] = ()
    released: Sequence[str] = ()
    ledger: str | None = None
    looks: Sequence[str] = ()
    plan: str | None = None
    toy: str | None = None
    geometry: str | None = None
    probe: str | None = None
    cards: str | None = None
    truth: str | None = None
    heuristic_recall: str | None = None
    target: str | None = None
    lengths: str | None = None
    attribution: str | None = None
    temperature: str | None = None
    curves: str | None = None
    gains: str | None = None
    votes: str | None = None
    by_problem: str | None = None
    spread: str | None = None
    outside: str | None = None
    outside_scores: str | None = None
    outside_report: str | None = None
    usage: Sequence[str] = ()
    slowest: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file that the report was made from."""

    name: str  # path inside the study's folder
    sha256: str
    size: int  # bytes
    provenance: dict[str, Any]  # what its writer recorded; empty unless it is parquet


def short(path: str) -> str:
    """The path inside the study's folder, or the file's name where that folder is not known."""
    parts = PurePath(path).parts
    for i, part in enumerate(parts[:-1]):
        if part in FOLDERS:
            return "/".join(parts[i:])
    return parts[-1]
