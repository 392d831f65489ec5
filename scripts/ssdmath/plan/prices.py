"""What a study costs at other sizes, read off the plan itself.

The plan's hours are affine in the problems and in the draws of each split, given the training runs
and the grid. So five plans tell the price of every size at these runs and this grid.
"""

from typing import NamedTuple

from ssdmath.config.study import Study
from ssdmath.plan import build
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.sizes import Sizes, resized

STEP = 1000  # problems or draws between two plans; a small step would lose digits


class Prices(NamedTuple):
    """Device hours of a study with some number of runs and decodings."""

    fixed: float  # training, synthesis, and loading the model in every job
    validation_problem: float
    validation_draw: float  # of one problem, in all cells
    test_problem: float
    test_draw: float


def prices(study: Study, estimate: Estimate, *, runs: int, decodings: int) -> Prices:
    """Read the prices at `runs` training seeds and `decodings` in the grid off five plans."""

    def hours(*splits: int) -> float:
        return build.device_hours(resized(study, Sizes(runs, decodings, *splits)), estimate)

    smallest = hours(1, 1, 1, 1)
    validation_draw = (hours(1, 1 + STEP, 1, 1) - smallest) / STEP
    validation = (hours(1 + STEP, 1, 1, 1) - smallest) / STEP
    test_draw = (hours(1, 1, 1, 1 + STEP) - smallest) / STEP
    test = (hours(1, 1, 1 + STEP, 1) - smallest) / STEP
    return Prices(
        fixed=smallest - validation - test,
        validation_problem=max(0.0, validation - validation_draw),
        validation_draw=validation_draw,
        test_problem=max(0.0, test - test_draw),
        test_draw=test_draw,
    )
