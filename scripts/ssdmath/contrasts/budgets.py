"""Contrasts at a budget of tokens per problem: each side votes with what the budget buys.

A side votes with the largest k for which k times its mean number of tokens per draw is within the
budget. Its accuracy on a problem is maj@k, estimated from all its draws (`scores.estimators`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import polars as pl

from ssdmath.contrasts.declared import Contrast, Side, Votes
from ssdmath.scores.estimators import majorities
from ssdmath.stats.outcomes import Outcomes, votes
from ssdmath.stats.resampling import Floats


@dataclass(frozen=True)
class Voted(Outcomes):
    """Outcomes whose rates are those of majority votes; problems with too few draws have none."""

    shares: Floats  # problems x cells, NaN where too few were drawn

    @cached_property
    def rates(self) -> Floats:
        """Expected accuracy of the vote, problems x cells."""
        return self.shares


def fitted(declared: Sequence[Contrast], draws: pl.DataFrame) -> list[Contrast]:
    """Give both sides of each contrast with a budget their number of votes.

    `draws` are those of the whole split, whose lengths count. Votes that are known stay.
    ValueError: a budget below one draw's tokens, or one that needs more draws than there are.
    """
    return [
        contrast if contrast.budget is None or contrast.a.votes else _fit(contrast, draws)
        for contrast in declared
    ]


def _fit(contrast: Contrast, draws: pl.DataFrame) -> Contrast:
    sides, budget = (contrast.a, contrast.b), contrast.budget or 0
    drawn = [_drawn(side, contrast, draws) for side in sides]
    least = math.ceil(max(mean for mean, _ in drawn))
    most = min(math.ceil((count + 1) * mean) - 1 for mean, count in drawn)
    if not least <= budget <= most:
        found = " and ".join(
            f"{count} draws of {float(mean):.1f} tokens of {side.models[0]} at {side.decoding}"
            for side, (mean, count) in zip(sides, drawn, strict=True)
        )
        more = f"none without more draws (evaluation.draws.{contrast.split})"
        allowed = f"{least} to {most}" if least <= most else more
        key = f"contrasts[{contrast.name}].budget"
        raise ValueError(f"{key} is {budget}; found {found}; allowed: {allowed}")
    a, b = (
        replace(side, votes=Votes(budget // mean, float(mean)))
        for side, (mean, _) in zip(sides, drawn, strict=True)
    )
    return replace(contrast, a=a, b=b)


def _drawn(side: Side, contrast: Contrast, draws: pl.DataFrame) -> tuple[Fraction, int]:
    """Mean tokens of a draw of a side, and how many draws a problem has of each of its runs.

    The mean is exact: rounded up, three draws of 50/3 tokens would not fit into 50.
    """
    of_side = draws.filter(
        pl.col("model").is_in(side.models), split=contrast.split, decoding=side.decoding
    )
    if not of_side.height:
        cell = f"cell {side.models[0]} at {side.decoding}"
        raise ValueError(f"contrast {contrast.name}: {cell}: no draws on this split")
    counts = of_side.group_by("model", "problem").len().group_by("model").agg(pl.col("len").max())
    mean = Fraction(int(of_side["tokens"].to_numpy().sum(dtype=np.int64)), of_side.height)
    return mean, int(counts["len"].to_numpy().min())


def voted(
    contrast: Contrast, splits: Mapping[str, Outcomes], draws: pl.DataFrame, seed: int
) -> dict[str, Outcomes]:
    """The outcomes of a fitted contrast's split with votes in place of single draws.

    The runs of other recipes, whose spread steadies that of the sides, vote with as many draws as
    the side that has more runs.
    """
    outcomes = splits[contrast.split]
    more, fewer = sorted((contrast.a, contrast.b), key=lambda side: -len(side.models))
    ks = {
        (model, side.decoding): side.votes.draws
        for side in (fewer, more)
        if side.votes
        for model in side.models
    }
    others = more.votes.draws if more.votes else 1
    cells = outcomes.cells.select("model", "decoding").iter_rows()
    cast = votes(draws.filter(split=contrast.split), outcomes)
    of_cells = [ks.get(cell, others) for cell in cells]
    shares = majorities(cast, outcomes.drawn, of_cells, seed=seed)
    correct, drawn = (np.where(np.isnan(shares), 0, n) for n in (outcomes.correct, outcomes.drawn))
    return {contrast.split: Voted(outcomes.cells, outcomes.problems, correct, drawn, shares)}


def note(contrast: Contrast) -> list[str]:
    """What a budget bought either side, as a clause; none without a budget."""
    bought = [
        f"{name} {_vote(side.votes)}, {side.votes.spent:.1f} tokens"
        for name, side in (("a", contrast.a), ("b", contrast.b))
        if side.votes
    ]
    if not bought:
        return []
    return [f"budget of {contrast.budget} tokens a problem (split's mean): {', '.join(bought)}"]


def _vote(of: Votes) -> str:
    return "draws once" if of.draws == 1 else f"votes with {of.draws} draws"
