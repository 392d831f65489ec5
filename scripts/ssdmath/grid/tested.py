"""The test split: which of its cells are sampled, given what validation chose."""

from collections.abc import Sequence
from pathlib import Path

from ssdmath.config.names import BASE
from ssdmath.config.study import Study, StudyError
from ssdmath.grid.sweeps import TEST
from ssdmath.tables import chosen as chosen_cells


def cells(study: Study, chosen: str | Path) -> list[tuple[str, str]]:
    """List the (model, decoding) pairs of the test split: chosen ones and declared baselines.

    Base is tested at every chosen decoding too: a difference at the same decoding needs it.
    """
    arms = chosen_cells.read(chosen)
    pairs = [(BASE, slug) for slug in [study.evaluation.default, *study.evaluation.baselines]]
    for arm in study.tested:
        winner = chosen_cells.winner(arms, arm)
        pairs += [(BASE, winner.decoding)] if BASE in study.evaluation.tested else []
        pairs += [(model, winner.decoding) for model in winner.models]
    if attribution_split(study) == TEST:
        for twin in chosen_cells.truncation(arms, study.all_arms) or ():
            pairs += [(model, twin.decoding) for model in twin.models]
    return list(dict.fromkeys(pairs))


def check(study: Study, chosen: str | Path, model: str, decoding: str) -> None:
    """Raise unless the cell may touch the test split."""
    refuse_others(cells(study, chosen), chosen, model, decoding, "the test split")


def refuse_others(
    allowed: Sequence[tuple[str, str]], chosen: str | Path, model: str, decoding: str, split: str
) -> None:
    """Raise StudyError unless the cell is one of those that validation chose for a split."""
    if (model, decoding) not in allowed:
        listed = ", ".join(f"{m} at {d}" for m, d in allowed)
        raise StudyError(f"{chosen}: {model} at {decoding} was not chosen; {split}: {listed}")


def attribution_split(study: Study) -> str:
    """The split of the attribution table: test if every arm is tested, else validation."""
    complete = set(study.evaluation.tested) == set(study.all_arms)
    return TEST if complete else "validation"
