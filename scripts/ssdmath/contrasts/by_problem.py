"""Declared contrasts problem by problem: which gain, which lose, and how much of it is noise."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from ssdmath.contrasts.declared import Contrast
from ssdmath.stats import shrinkage
from ssdmath.stats.outcomes import Outcomes, number, tally
from ssdmath.stats.recipes import common_rows
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import derived_schemas
from ssdmath.tables.rounding import PLACES

FEWEST = 3  # problems that say anything about how problems differ


class Paired(NamedTuple):
    """The problems that both sides of a contrast have, in the order of the outcomes."""

    rows: Ints
    rates: Floats  # problems x 2: mean over the runs of a and of b
    noises: Floats  # problems x 2: variance of these that is noise

    @property
    def known(self) -> bool:
        """Whether there are enough problems, and draws or runs that show the noise."""
        return len(self.rows) >= FEWEST and not bool(np.isnan(self.noises).any())


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    held_out: pl.DataFrame | None,
    *,
    seed: int,
    resamples: int,
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """One row per contrast and problem (`BY_PROBLEM`), and the spread of each contrast.

    `held_out` are draws of base that no score counts. A contrast of which a side has one run and
    one draw a problem has no rows and no spread, for its noise is not known.
    """
    splits = {name: tally(draws, problems, name) for name in problems["split"].unique()}
    pairs = [(contrast, _paired(contrast, splits)) for contrast in declared]
    known = [(contrast, paired) for contrast, paired in pairs if paired.known]
    parts = [_rows(contrast, paired, splits[contrast.split]) for contrast, paired in known]
    rows = pl.concat([derived_schemas.BY_PROBLEM.to_frame().drop("held_out"), *parts])
    rows = rows.join(_rates(held_out), on="problem", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col(pl.Float64).round(PLACES))
    spreads = [
        _spread(contrast, paired, splits[contrast.split], seed, resamples)
        for contrast, paired in known
    ]
    return rows.select(derived_schemas.BY_PROBLEM.names()), spreads


def _paired(contrast: Contrast, splits: Mapping[str, Outcomes]) -> Paired:
    outcomes = splits[contrast.split]
    sides = [outcomes.columns(side.models, side.decoding) for side in (contrast.a, contrast.b)]
    rows = common_rows(outcomes, np.concatenate(sides))
    rates = [outcomes.rates[np.ix_(rows, columns)] for columns in sides]
    drawn = [outcomes.drawn[np.ix_(rows, columns)] for columns in sides]
    noises = [shrinkage.noise(*pair) for pair in zip(rates, drawn, strict=True)]
    return Paired(rows, np.column_stack([x.mean(axis=1) for x in rates]), np.column_stack(noises))


def _rows(contrast: Contrast, paired: Paired, outcomes: Outcomes) -> pl.DataFrame:
    guess = shrinkage.shrunk(paired.rates, paired.noises)
    return outcomes.problems[paired.rows].select(
        contrast=pl.lit(contrast.name),
        split=pl.lit(contrast.split),
        problem="id",
        stratum="stratum",
        rate_a=pl.Series(paired.rates[:, 0]),
        rate_b=pl.Series(paired.rates[:, 1]),
        shrunk_a=pl.Series(guess[:, 0]),
        shrunk_b=pl.Series(guess[:, 1]),
        gain=pl.Series(guess[:, 0] - guess[:, 1]),
    )


def _spread(
    contrast: Contrast, paired: Paired, outcomes: Outcomes, seed: int, resamples: int
) -> dict[str, Any]:
    """The contrast's spread in numbers (`shrinkage.Spread`), and what it is based on."""
    found = shrinkage.spread(
        paired.rates[:, 0] - paired.rates[:, 1],
        paired.noises.sum(axis=1),
        number(outcomes.problems["cluster"][paired.rows]),
        seed=seed,
        resamples=resamples,
    )
    numbers = asdict(found) | {"share": found.share}
    runs = {"runs_a": len(contrast.a.models), "runs_b": len(contrast.b.models)}
    rounded = {name: round(value, PLACES) for name, value in numbers.items()}
    return {"contrast": contrast.name, "problems": len(paired.rows)} | runs | rounded


def _rates(held_out: pl.DataFrame | None) -> pl.DataFrame:
    """Share of correct draws of each problem among draws that no score counts."""
    if held_out is None:
        return pl.DataFrame(schema={"problem": pl.String(), "held_out": pl.Float64()})
    right = pl.col("correct").fill_null(value=False).mean()
    return held_out.group_by("problem").agg(held_out=right)
