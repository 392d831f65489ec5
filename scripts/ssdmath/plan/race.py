"""How many of the validation draws a race is expected to make; without a race all of them."""

from collections.abc import Sequence
from typing import NamedTuple

from ssdmath.config.names import BASE, Model
from ssdmath.config.study import Study
from ssdmath.grid import pins
from ssdmath.grid.sweeps import GRID, Sweep

WITHIN_REACH = 1.15  # cells that stay, for one that `keep` alone would keep (docs/racing.md)


class Draws(NamedTuple):
    """Expected draws of a model, for each problem of the split and each cell of the grid.

    Affine in the draws of the last rung, as `plan.prices` needs.
    """

    made: float
    repeated: float  # made by one rung, and written once more by the next


def draws(study: Study, rungs: Sequence[Sweep], model: Model) -> Draws:
    """What a model draws in the rungs of a sweep.

    Base is taken to reach the last rung with its whole grid, for it goes wherever an arm does.
    """
    last = len(rungs) - 1
    shares = [kept(study, rung, model) for rung in rungs]
    if rungs[last].model == GRID and model.arm == BASE:
        shares[last] = 1.0
    sizes = [_size(study, rung) for rung in rungs]
    new_draws = [after - before for before, after in zip([0.0, *sizes], sizes, strict=False)]
    drawn = sum(share * size for share, size in zip(shares, new_draws, strict=True))
    repeated = sum(share * size for share, size in zip(shares[:last], sizes, strict=False))
    return Draws(drawn, repeated)


def added(study: Study, rungs: Sequence[Sweep], at: int) -> float:
    """Draws that one rung adds to a model, in the same unit, if it keeps what `keep` says."""
    before = _size(study, rungs[at - 1]) if at else 0.0
    model = Model.parse(rungs[at].model if rungs[at].model != GRID else study.models[-1])
    return kept(study, rungs[at], model) * (_size(study, rungs[at]) - before)


def kept(study: Study, sweep: Sweep, model: Model) -> float:
    """The share of a model's cells that is expected to enter a rung."""
    racing = study.evaluation.racing
    if racing is None or not sweep.rung:
        return 1.0
    needed = set() if sweep.model == BASE else pins.decodings(study, model)
    share = (WITHIN_REACH * racing.keep) ** sweep.rung
    return min(1.0, share + len(needed) / len(sweep.decodings))


def _size(study: Study, sweep: Sweep) -> float:
    """Draws of a rung for each problem of the split; not rounded to whole problems."""
    racing = study.evaluation.racing
    if racing is None or sweep.rung is None or sweep.rung == len(racing.rungs):
        return float(sweep.draws)
    return racing.rungs[sweep.rung].problems * sweep.draws
