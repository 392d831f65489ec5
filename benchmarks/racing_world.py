"""Worlds in which a race is simulated: what is true of each cell, and draws from it.

One is made of the variances that a config believes (section `plan`), one of the draws that a
finished study recorded. Both give, for one model, right answers as problems x cells x draws.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from placebo_world import VALIDATION
from placebo_world import World as Recorded

from ssdmath.config.study import Study
from ssdmath.stats.resampling import Floats, Ints

POPULATION = 20_000  # problems over which a cell's true accuracy is taken


class Sizes(NamedTuple):
    """Problems and draws of a split."""

    problems: int
    draws: int


class Model(Protocol):
    """One model of a simulated study."""

    truth: Floats  # true accuracy of each cell

    def draw(self, rows: Ints, draws: int, cells: list[int]) -> Floats:
        """Right answers (1 or 0) to the problems `rows`: problems x cells x draws."""
        ...


class World(Protocol):
    """Simulated studies: two models that answer the same problems."""

    name: str
    decodings: list[str]
    validation: Sizes
    test: Sizes

    def study(self, rng: np.random.Generator) -> tuple[list[Model], Ints, Ints]:
        """Two models, and the problems of validation and test."""
        ...


@dataclass
class Believed:
    """Cells' accuracies are normal, a problem's rates are its own, a cell's and a model's parts."""

    study_: Study
    name: str
    decodings: list[str] = field(init=False)
    validation: Sizes = field(init=False)
    test: Sizes = field(init=False)

    def __post_init__(self) -> None:
        """Take sizes and grid from the study."""
        splits, draws = self.study_.problems.splits, self.study_.evaluation.draws
        self.decodings = self.study_.evaluation.decodings
        self.validation = Sizes(splits["validation"].size, draws["validation"])
        self.test = Sizes(splits["test"].size, draws["test"])

    def study(self, rng: np.random.Generator) -> tuple[list[Model], Ints, Ints]:
        """Two models with accuracies of their own; a problem is as hard for both."""
        prior = self.study_.plan
        shape = _beta(prior.within)
        easy = rng.beta(shape, shape, POPULATION)
        models: list[Model] = []
        for _ in range(2):
            cells = rng.normal(0, prior.decodings, len(self.decodings))
            own = rng.normal(0, np.sqrt(prior.effects / 2), (POPULATION, len(cells)))
            models.append(Rates(np.clip(easy[:, None] + cells + own, 0, 1), rng))
        rows = rng.permutation(POPULATION)
        middle = self.validation.problems
        return models, rows[:middle], rows[middle : middle + self.test.problems]


def _beta(within: float) -> float:
    """The a of Beta(a, a) rates s with mean s(1 - s) = `within`: a / (4 a + 2)."""
    return 2 * within / (1 - 4 * within)


@dataclass
class Rates:
    """A model whose rate on every problem and cell is known."""

    rates: Floats  # problems x cells
    rng: np.random.Generator
    truth: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Take the truth over all problems."""
        self.truth = self.rates.mean(axis=0)

    def draw(self, rows: Ints, draws: int, cells: list[int]) -> Floats:
        """Right answers (1 or 0) to the problems `rows`: problems x cells x draws."""
        rates = self.rates[np.ix_(rows, cells)]
        return (self.rng.random((*rates.shape, draws)) < rates[..., None]).astype(np.float64)


@dataclass
class Replayed:
    """A model whose draws are drawn anew from those that base and its placebo recorded."""

    recorded: Recorded
    right: Floats
    rng: np.random.Generator

    @property
    def truth(self) -> Floats:
        """Share of right answers in each cell: the truth of this world."""
        return self.recorded.rates

    def draw(self, rows: Ints, draws: int, cells: list[int]) -> Floats:
        """Right answers (1 or 0) to the problems `rows`: problems x cells x draws."""
        at = np.ix_(rows, cells)
        begin, count = self.recorded.begin[at], self.recorded.count[at]
        where = self.rng.random((*begin.shape, draws)) * count[..., None]
        return self.right[begin[..., None] + where.astype(np.int64)]


class Micro:
    """A finished study's recorded draws as the world; both models of a study are base."""

    def __init__(self, folder: Path, name: str) -> None:
        """Read the draws."""
        self.recorded = Recorded.read(folder)
        self.name, self.decodings = name, self.recorded.decodings
        sizes = self.recorded.sizes
        self.validation = Sizes(sizes[VALIDATION], self.recorded.draws)
        self.test = Sizes(sizes["test"], self.recorded.draws)
        self.right = self.recorded.recorded["correct"].fill_null(value=False).to_numpy()

    def study(self, rng: np.random.Generator) -> tuple[list[Model], Ints, Ints]:
        """Base twice, on problems drawn with replacement."""
        models: list[Model] = [
            Replayed(self.recorded, self.right.astype(np.float64), rng) for _ in range(2)
        ]
        known = len(self.recorded.count)
        splits = (rng.integers(known, size=part.problems) for part in (self.validation, self.test))
        validation, test = splits
        return models, validation, test
