"""The best study for a number of hours, and the cheapest one that finds an effect: exactly.

The effect depends on the runs and on the test split, the loss of the choice on the grid and on the
validation split, and the hours are a sum of both given runs and grid (`plan.prices`). So for each
number of runs and decodings the cheapest validation split that keeps the loss is found by trying
all, then every test split is priced. What no other design beats in both hours and effect is the
frontier; every question is answered from it. Nothing is assumed to be monotone: with very few
degrees of freedom more problems can make Student's quantile grow faster than the error shrinks.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np

from ssdmath.config.study import Study
from ssdmath.plan.components import Components
from ssdmath.plan.effects import effect, loss
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.prices import Prices, prices
from ssdmath.plan.sizes import Sizes, resized
from ssdmath.plan.space import Space
from ssdmath.stats.resampling import Floats


class Candidate(NamedTuple):
    """A design, its device hours, the effect it finds 4 times in 5, its loss by choosing."""

    hours: float
    effect: float
    loss: float
    sizes: Sizes


class Start(NamedTuple):
    """A number of runs and decodings with the cheapest validation split that keeps the loss."""

    hours: float  # of everything but the test split's problems
    per_problem: float  # of the test split
    per_draw: float  # of the test split, for each of its problems
    loss: float
    runs: int
    decodings: int
    validation: tuple[int, int]  # problems, draws

    def no_cheaper_than(self, other: Self) -> bool:
        """Whether the other costs at most as much at every test split."""
        return all(theirs <= ours for theirs, ours in zip(other[:3], self[:3], strict=True))


def frontier(
    study: Study, estimate: Estimate, components: Components, space: Space
) -> list[Candidate]:
    """Every design that no other one beats, by ascending hours and falling effect.

    ValueError if no validation split of the space keeps the loss.
    """
    designs: list[Candidate] = []
    for runs in space.runs.all:
        effects = _effects(study, components, space, runs)
        for start in _starts(study, estimate, components, space, runs):
            designs += _undominated(space, start, effects)
        designs = _best(designs)
    if not designs:
        raise ValueError(_unreachable(study, components, space))
    return designs


def for_hours(designs: Sequence[Candidate], hours: float) -> Candidate:
    """The design of a frontier with the smallest effect within `hours`.

    ValueError names the least hours if the cheapest design takes more.
    """
    if (best := within(designs, hours)) is None:
        cheapest = f"{_up(designs[0].hours, 2):.2f}"
        allowed = f"{cheapest} or more, what the cheapest allowed design takes"
        raise ValueError(f"plan.design.hours is {hours:g}; allowed: {allowed}")
    return best


def for_effect(designs: Sequence[Candidate], target: float) -> Candidate:
    """The cheapest design of a frontier that finds the effect `target` (a share of 1).

    ValueError names the effect that the largest allowed design reaches.
    """
    if (cheapest := finding(designs, target)) is None:
        allowed = f"{_up(100 * designs[-1].effect, 3):.3f} or more, what the largest design reaches"
        raise ValueError(f"plan.design.points is {100 * target:g}; allowed: {allowed}")
    return cheapest


def within(designs: Sequence[Candidate], hours: float) -> Candidate | None:
    """The same as `for_hours`; None if the cheapest design takes more."""
    return next((design for design in reversed(designs) if design.hours <= hours), None)


def finding(designs: Sequence[Candidate], target: float) -> Candidate | None:
    """The same as `for_effect`; None if no design finds so small an effect."""
    return next((design for design in designs if design.effect <= target), None)


def _up(value: float, digits: int) -> float:
    """Round up, so that the number in a message is itself allowed."""
    return float(np.ceil(value * 10**digits) / 10**digits)


def _effects(study: Study, components: Components, space: Space, runs: int) -> Floats:
    """Effect of every test split at `runs` runs: draws x problems."""
    trained = resized(study, Sizes.of(study)._replace(runs=runs))
    problems, draws = np.array(space.test_problems.all), np.array(space.test_draws.all)
    return np.asarray(effect(trained, components, problems[None, :], draws[:, None]))


def _starts(
    study: Study, estimate: Estimate, components: Components, space: Space, runs: int
) -> list[Start]:
    """The starts with `runs` runs that are not for every test split dearer than another one."""
    starts: list[Start] = []
    for decodings in space.decodings.all:
        price = prices(study, estimate, runs=runs, decodings=decodings)
        start = _start(study, components, space, price, (runs, decodings))
        if start is None or any(map(start.no_cheaper_than, starts)):
            continue
        starts = [start, *(other for other in starts if not other.no_cheaper_than(start))]
    return starts


def _start(
    study: Study, components: Components, space: Space, price: Prices, counts: tuple[int, int]
) -> Start | None:
    """The cheapest validation split that keeps the loss, all tried; None if none does."""
    runs, decodings = counts
    problems, draws = np.array(space.validation_problems.all), np.array(space.validation_draws.all)
    n, k = problems[None, :], draws[:, None]
    losses = loss(components, len(study.evaluation.decodings), decodings, n, k)
    every_hours = n * (price.validation_problem + k * price.validation_draw)
    hours = np.where(losses <= study.plan.design.loss, every_hours, np.inf)
    row, column = np.unravel_index(int(np.argmin(hours)), hours.shape)
    if np.isinf(hours[row, column]):
        return None
    return Start(
        price.fixed + float(hours[row, column]),
        price.test_problem,
        price.test_draw,
        float(losses[row, column]),
        runs,
        decodings,
        (int(problems[column]), int(draws[row])),
    )


def _undominated(space: Space, start: Start, effects: Floats) -> Iterator[Candidate]:
    """Of the test splits after a start, yield those that no other one beats."""
    problems, draws = np.array(space.test_problems.all), np.array(space.test_draws.all)
    per_problem = start.per_problem + draws[:, None] * start.per_draw
    hours = start.hours + problems[None, :] * per_problem
    order = np.lexsort((effects.ravel(), hours.ravel()))
    before = np.minimum.accumulate(effects.ravel()[order])
    better = np.append(True, before[1:] < before[:-1])
    for cell in order[better]:
        row, column = divmod(int(cell), len(problems))
        test = int(problems[column]), int(draws[row])
        sizes = Sizes(start.runs, start.decodings, *start.validation, *test)
        hours_and_effect = float(hours[row, column]), float(effects[row, column])
        yield Candidate(*hours_and_effect, start.loss, sizes)


def _best(designs: Sequence[Candidate]) -> list[Candidate]:
    """The designs that no other one beats in hours and effect, by ascending hours."""
    best: list[Candidate] = []
    for design in sorted(designs):
        if not best or design.effect < best[-1].effect:
            best.append(design)
    return best


def _unreachable(study: Study, components: Components, space: Space) -> str:
    grid = len(study.evaluation.decodings)
    largest = space.validation_problems.most, space.validation_draws.most
    smallest_loss = float(loss(components, grid, space.decodings.most, *largest))
    allowed = f"{_up(smallest_loss, 5):.5f} or more, what the largest validation split keeps"
    return f"plan.design.loss is {study.plan.design.loss:g}; allowed: {allowed}"
