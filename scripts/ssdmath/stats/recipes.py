"""The runs of each recipe of a study, and how they spread in the cells a contrast compares.

A recipe is an arm, a training decoding and a step; its runs differ by synthesis and training seed.
Released checkpoints of an arm are runs as well, of a recipe whose decoding and step are not known.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ssdmath.stats.between_runs import RunSpread, pool, run_effects, spread
from ssdmath.stats.outcomes import Outcomes, number
from ssdmath.stats.resampling import Floats, Ints


class Recipe(NamedTuple):
    """What every run of it shares."""

    arm: str
    train_decoding: str | None
    step: int | None


def recipes(outcomes: Outcomes) -> dict[Recipe, dict[str, Ints]]:
    """The columns of each recipe's runs by decoding, in the order of the cells; 2 runs or more."""
    by_recipe: dict[Recipe, dict[str, list[int]]] = {}
    for column, cell in enumerate(outcomes.cells.iter_rows(named=True)):
        if cell["train_seed"] is not None:
            recipe = Recipe(*(cell[name] for name in Recipe._fields))
            by_recipe.setdefault(recipe, {}).setdefault(cell["decoding"], []).append(column)
    several = {
        recipe: {slug: np.array(columns) for slug, columns in cells.items() if len(columns) > 1}
        for recipe, cells in by_recipe.items()
    }
    return {recipe: cells for recipe, cells in several.items() if cells}


def recipe_of(outcomes: Outcomes, column: int) -> Recipe | None:
    """The recipe of a column's model; None for base, which has no runs."""
    arm, train_decoding, step, seed = outcomes.cells.select(*Recipe._fields, "train_seed").row(
        column
    )
    return None if seed is None else Recipe(arm, train_decoding, step)


def spreads(splits: Sequence[Outcomes], decoding: str, sides: Sequence[Ints]) -> list[RunSpread]:
    """How the runs of every recipe but those of the compared sides spread, one entry each.

    `sides` are the columns of each side's runs in the first of `splits`. Taken from the first of
    `splits` that has the recipe, at `decoding`, or at the recipe's first decoding where that cell
    is not made: the test split has one cell per arm. Every training counts at one step of the
    sides' own, for at another it holds the same runs once more.
    """
    compared = [r for side in sides if (r := recipe_of(splits[0], int(side[0]))) is not None]
    steps = {recipe.step for recipe in compared}
    counted = {recipe[:2] for recipe in compared}
    found = []
    for outcomes in splits:
        for recipe, cells in recipes(outcomes).items():
            if recipe[:2] in counted or recipe.step not in steps:
                continue
            columns = cells.get(decoding, next(iter(cells.values())))
            rows = common_rows(outcomes, columns)
            if len(rows):
                clusters = number(outcomes.problems["cluster"][rows])
                counted.add(recipe[:2])
                found.append(spread(outcomes.rates[np.ix_(rows, columns)], clusters))
    return found


def deviations(outcomes: Outcomes, decodings: Sequence[str], step: int | None) -> Floats:
    """Run means minus their recipe's mean at each decoding: runs of all recipes x decodings."""
    parts: list[Floats] = [np.empty((0, len(decodings)))]
    for recipe, cells in recipes(outcomes).items():
        if recipe.step == step and set(decodings) <= set(cells):
            rates = [outcomes.rates[:, cells[slug]] for slug in decodings]
            means = np.column_stack([np.nanmean(x, axis=0) for x in rates])
            parts.append(means - means.mean(axis=0))
    return np.concatenate(parts)


def common_rows(outcomes: Outcomes, columns: Ints) -> Ints:
    """Rows of the problems of which every column has a draw."""
    return np.flatnonzero((outcomes.drawn[:, columns] > 0).all(axis=1))


def net_variances(
    outcomes: Outcomes, recipe: Recipe, decodings: Sequence[str]
) -> tuple[Floats, float]:
    """Variance of single runs at each decoding, pooled and net of noise, and the least df of them.

    `recipe` has several runs (`recipes`); all its cells hold the same problems.
    """
    variances, smallest_df = [], np.inf
    for slug in decodings:
        columns = recipes(outcomes)[recipe][slug]
        run_spread = spread(outcomes.rates[:, columns], outcomes.clusters)
        others = spreads([outcomes], slug, [columns])
        variance, df = pool([run_spread, *others]).moderate(run_spread)
        variances.append(max(0.0, variance - run_spread.noise))
        smallest_df = min(smallest_df, df)
    return np.array(variances), smallest_df


def with_other_runs(
    means: Floats, outcomes: Outcomes, columns: Ints, *, seed: int
) -> tuple[Floats, bool]:
    """Resampled `means` (resamples x columns) of cells, with what other runs would change added.

    Every run of a recipe moves all its decodings together, by a multivariate t effect. Cells of
    recipes with one run stay as they are; the flag says whether there are such cells.
    """
    moved, single = means.copy(), False
    several = recipes(outcomes)
    cells = outcomes.cells[columns].with_row_index("at")
    keys = [*Recipe._fields, "train_seed"]
    for number_of_run, ((*key, _), run) in enumerate(cells.group_by(keys, maintain_order=True)):
        recipe, slugs = Recipe(*key), run["decoding"].to_list()
        if not set(slugs) <= set(several.get(recipe, {})):
            single = True
            continue
        variances, df = net_variances(outcomes, recipe, slugs)
        effects, doubt = run_effects(
            deviations(outcomes, slugs, recipe.step),
            variances,
            df=df,
            seed=seed + number_of_run,
            resamples=len(means),
        )
        moved[:, run["at"].to_numpy()] += effects / doubt[:, None]
    return moved, single
