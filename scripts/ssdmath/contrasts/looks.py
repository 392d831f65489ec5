"""One look at the test split: the primary contrast on its first problems (docs/looks.md)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.base import ClosedModel
from ssdmath.config.evaluation import ContrastConfig
from ssdmath.contrasts import resolve, stopping
from ssdmath.contrasts.declared import Contrast
from ssdmath.contrasts.stopping import Reading
from ssdmath.contrasts.table import answers
from ssdmath.stats import sign_flips
from ssdmath.stats.outcomes import number, tally
from ssdmath.stats.recipes import common_rows


class LookSettings(ClosedModel):
    """The settings of a look (rule `look_<n>`)."""

    look: int  # from 0
    sizes: list[int]  # problems at each look, the last one all
    contrast: ContrastConfig  # the primary one
    seeds: dict[str, list[int]]  # the runs of each arm
    seed: int
    resamples: int


def first(problems: pl.DataFrame, size: int) -> pl.DataFrame:
    """The problems of a look: the first of the test split, and all of the other splits."""
    place = pl.int_range(pl.len()).over("split")
    return problems.filter((pl.col("split") != "test") | (place < size))


def look(
    draws: pl.DataFrame, problems: pl.DataFrame, arms: Mapping[str, Any], settings: LookSettings
) -> dict[str, Any]:
    """Read the primary contrast on the draws of a look: the row of `looks.json`.

    `problems` are the look's own; `arms` is chosen.json's choice of each arm. With one run a side p
    is that of the exact sign-flip test, for no number of resamples reaches an early look's level.
    """
    contrast = resolve.resolved(settings.contrast, arms, settings.seeds)
    row = answers(
        draws, problems, [contrast], seed=settings.seed, resamples=settings.resamples
    ).row(0, named=True)
    exact, clusters = _exact(draws, problems, contrast)
    p = exact if np.isinf(row["df"]) and row["se"] > 0 else row["p"]
    df = stopping.degrees(row["df"], clusters)
    reading = Reading(row["delta"], row["lo"], row["hi"], p, df)
    drawn = {name: row[name] for name in ("draws_a", "draws_b")}
    return stopping.judged(reading, settings.look, settings.sizes) | drawn


def _exact(draws: pl.DataFrame, problems: pl.DataFrame, contrast: Contrast) -> tuple[float, int]:
    """The exact sign-flip p of the sides' first runs, and the number of clusters."""
    outcomes = tally(draws, problems, contrast.split)
    a, b = (outcomes.columns(side.models, side.decoding)[:1] for side in (contrast.a, contrast.b))
    rows = common_rows(outcomes, np.concatenate([a, b]))
    clusters = number(outcomes.problems["cluster"][rows])
    right, drawn = outcomes.correct[rows], outcomes.drawn[rows]
    of_a, of_b = ((right[:, column[0]], drawn[:, column[0]]) for column in (a, b))
    return sign_flips.exact_p(sign_flips.whole_sums(of_a, of_b, clusters)), int(clusters.max()) + 1
