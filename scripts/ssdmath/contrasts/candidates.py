"""The cells that an arm may choose from: training decoding x step x decoding, runs pooled."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.stats.outcomes import Outcomes

SPLIT = "validation"


class Key(NamedTuple):
    """What names a candidate inside its arm; the first two are None for an untrained arm."""

    train_decoding: str | None
    step: int | None
    decoding: str

    @property
    def rank(self) -> tuple[float, float, str, str]:
        """Among equal means the lower T_eval comes first, then the fewer steps, then the name."""
        temperature = Decoding.parse(self.decoding).temperature
        return temperature, self.step or 0, self.decoding, self.train_decoding or ""


@dataclass(frozen=True)
class Candidate:
    """A candidate and the columns of its runs in the outcomes."""

    key: Key
    columns: list[int]


def check_split(draws: pl.DataFrame, rule: str) -> None:
    """Raise ValueError if a rule that chooses was given draws of any split but validation."""
    if strange := sorted(set(draws["split"].unique()) - {SPLIT}):
        raise ValueError(f"{rule}: draws of {strange}; only {SPLIT} may be seen")


def of_arm(arm: str, outcomes: Outcomes) -> list[Candidate]:
    """Every candidate of an arm that was drawn at all, in the order that decides ties."""
    table = outcomes.cells.with_row_index("column").filter(arm=arm)
    pooled = table.group_by(list(Key._fields), maintain_order=True).agg("column")
    candidates = [Candidate(Key(*key), columns) for *key, columns in pooled.iter_rows()]
    return sorted(candidates, key=lambda candidate: candidate.key.rank)


def models(candidate: Candidate, outcomes: Outcomes) -> list[str]:
    """The models of a candidate's runs."""
    return [str(outcomes.cells["model"][column]) for column in candidate.columns]


def key_of(row: dict[str, Any]) -> Key:
    """The key of a candidate as chosen.json and the files of a race describe it."""
    return Key(*(row[name] for name in Key._fields))
