"""One round of racing: which of an arm's cells go on to the next rung, by validation alone.

Successive halving over the whole grid, the same for every arm. A cell goes on if it is among the
best of its arm, if it lies within reach of the leader, or if the study needs it whatever it scores.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from ssdmath.config.base import ClosedModel
from ssdmath.contrasts import candidates as cells
from ssdmath.contrasts.candidates import SPLIT, Candidate, Key
from ssdmath.stats.intervals import clustered_se
from ssdmath.stats.outcomes import Outcomes, tally
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import races
from ssdmath.tables.rounding import PLACES

_TIE = 1e-12


class Pin(ClosedModel):
    """Cells that stay whatever they score; what is None matches every candidate."""

    train_decoding: str | None = None
    step: int | None = None
    decoding: str

    def matches(self, key: Key) -> bool:
        """Whether a candidate is one of these cells."""
        pairs = zip((self.train_decoding, self.step, self.decoding), key, strict=True)
        return all(own is None or own == other for own, other in pairs)

    @property
    def follows(self) -> bool:
        """Whether the cell is needed only of models that stay in the race anyway."""
        return self.train_decoding is None and self.step is None


class RaceSettings(ClosedModel):
    """The settings of a race of one arm (rule `race_<rung>`)."""

    rung: int  # from 0
    draws: int  # of each of the rung's problems
    keep: float  # least share of the arm's cells that goes on
    reach: float  # standard errors of the difference to the leader
    pinned: list[Pin]


def race(
    arm: str, draws: pl.DataFrame, problems: pl.DataFrame, settings: RaceSettings
) -> dict[str, Any]:
    """Say which of an arm's cells go on to the next rung and which are dropped, and why.

    `draws` are those of the rung, its dropped cells without any. ValueError: draws of any split but
    validation, a cell with too few draws, no cell at all.
    """
    cells.check_split(draws, f"race_{settings.rung}")
    drawn = problems.filter(pl.col("id").is_in(draws["problem"].unique().to_list()))
    outcomes = tally(draws, drawn, SPLIT)
    entered = cells.of_arm(arm, outcomes)
    if not entered:
        raise ValueError(f"race_{settings.rung}: arm {arm} has no draws")
    if (fewest := int(outcomes.drawn.min())) < settings.draws:
        found = f"a cell of {arm} has {fewest} draws of a problem"
        raise ValueError(f"race_{settings.rung}: {found}; allowed: {settings.draws} or more")
    rates = np.column_stack([outcomes.rates[:, cell.columns].mean(axis=1) for cell in entered])
    places = decide([cell.key for cell in entered], rates, outcomes.clusters, settings)
    rows = [(_described(entered[place.at], outcomes, place), place.why) for place in places]
    kept = [row | {"why": why} for row, why in rows if why]
    dropped = [row for row, why in rows if not why]
    result = {"rung": settings.rung, "problems": len(rates), "draws": settings.draws}
    return {"arm": arm, **result, "kept": kept, "dropped": dropped}


class Place(NamedTuple):
    """Where a candidate stands in a race; accuracies are shares of 1."""

    at: int  # its place in what was given
    mean: float
    behind: float  # the leader
    se: float  # of that difference, over clusters of problems
    why: str  # it stays; empty if it is dropped


def decide(
    keys: Sequence[Key], rates: Floats, clusters: Ints, settings: RaceSettings
) -> list[Place]:
    """Rank an arm's candidates (columns of `rates`, problems x candidates), the best first.

    Of equal means the one given first is ahead.
    """
    means = rates.mean(axis=0)
    order = sorted(range(len(keys)), key=lambda at: (-round(float(means[at]), 12), at))
    errors = clustered_se(rates[:, [order[0]]] - rates, clusters)
    behind = means[order[0]] - means
    reasons = _reasons([keys[at] for at in order], behind[order], errors[order], settings)
    return [
        Place(at, float(means[at]), float(behind[at]), float(errors[at]), why)
        for at, why in zip(order, reasons, strict=True)
    ]


def _reasons(
    keys: Sequence[Key], behind: Floats, errors: Floats, settings: RaceSettings
) -> list[str]:
    """Why each candidate stays, the best first; empty for one that does not."""
    quota = int(np.ceil(settings.keep * len(keys) - _TIE))
    leaders: set[str | None] = set()
    reasons = []
    for rank, key in enumerate(keys):
        leads = key.train_decoding not in leaders
        leaders.add(key.train_decoding)
        if rank < max(1, quota):
            reasons.append("among the best")
        elif behind[rank] <= settings.reach * errors[rank] + _TIE:
            reasons.append("within reach")
        elif leads:
            reasons.append("best of its synthesis decoding")
        elif any(pin.matches(key) for pin in settings.pinned if not pin.follows):
            reasons.append("named by a contrast")
        else:
            reasons.append("")
    staying = {key[:2] for key, why in zip(keys, reasons, strict=True) if why}
    for rank, key in enumerate(keys):
        needed = any(pin.matches(key) for pin in settings.pinned if pin.follows)
        if not reasons[rank] and needed and key[:2] in staying:
            reasons[rank] = "needed of every model that stays"
    return reasons


def _described(candidate: Candidate, outcomes: Outcomes, place: Place) -> dict[str, Any]:
    return {
        **candidate.key._asdict(),
        "models": cells.models(candidate, outcomes),
        "mean": round(place.mean, PLACES),
        "behind": round(place.behind, PLACES),
        "se": round(place.se, PLACES),
    }


def read_all(files: Sequence[str | Path]) -> list[dict[str, Any]]:
    """The races of a study, in the order of the rungs."""
    return sorted(map(races.read, files), key=lambda result: int(result["rung"]))


def finalists(run: Sequence[Mapping[str, Any]], arm: str) -> set[Key]:
    """The cells of an arm that its last race kept."""
    last = [result for result in run if result["arm"] == arm][-1]
    return {cells.key_of(row) for row in last["kept"]}


def dropped(run: Sequence[Mapping[str, Any]], arm: str) -> list[dict[str, Any]]:
    """Every cell of an arm that a race dropped: its estimate, and when that was."""
    return [
        {**row, **{name: result[name] for name in ("rung", "problems", "draws")}}
        for result in run
        if result["arm"] == arm
        for row in result["dropped"]
    ]


def rule(keep: float, reach: float) -> str:
    """The rule of every race in words."""
    return (
        f"After each rung but the last, each arm keeps the best {keep:.0%} of its cells, those "
        f"within {reach:g} standard errors of its leader, the best of each synthesis decoding, and "
        "the cells that the study's contrasts name; the others get no further draws."
    )
