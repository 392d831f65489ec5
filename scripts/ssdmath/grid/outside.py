"""The outside split: which of its cells are sampled, and what decides its tables.

Its cells are those that validation chose; no choice ever sees its problems.
"""

from pathlib import Path
from typing import Any

from ssdmath.config.names import BASE
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.study import Study
from ssdmath.grid import settings, tested
from ssdmath.tables import chosen as chosen_cells

KS = [1]  # of pass@k: outside single draws alone are compared


def cells(study: Study, chosen: str | Path) -> list[tuple[str, str]]:
    """List the (model, decoding) pairs: base at its best, each arm at its own, base there too."""
    arms = chosen_cells.read(chosen)
    pairs = [(BASE, chosen_cells.winner(arms, BASE).decoding)]
    for winner in (chosen_cells.winner(arms, arm) for arm in study.outside):
        pairs += [(model, winner.decoding) for model in (BASE, *winner.models)]
    return list(dict.fromkeys(pairs))


def most_cells(study: Study) -> int:
    """The most cells that can be chosen: two arms may choose the same decoding."""
    return 1 + sum(1 + len(study.seeds_of(arm)) for arm in study.outside)


def check(study: Study, chosen: str | Path, model: str, decoding: str) -> None:
    """Raise StudyError unless validation chose the cell."""
    tested.refuse_others(cells(study, chosen), chosen, model, decoding, OUTSIDE)


def tables(study: Study) -> dict[str, Any]:
    """What decides the tables of outside, beside the verdicts and the choice."""
    given = settings.contrasts(study)
    return {
        "arms": study.outside,
        "ks": KS,
        "draws": study.evaluation.draws[OUTSIDE],
        "cap": study.sampling.cap,
    } | {key: value for key, value in given.items() if key != "contrasts"}


def checks(study: Study) -> dict[str, Any]:
    """What the rule `checks` compares all cells with, those of outside among them."""
    if not study.outside:
        return settings.scores(study)
    return settings.scores(study) | {"planned": {**study.evaluation.draws}, "outside_ks": KS}
