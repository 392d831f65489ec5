"""Differences over the evaluation temperatures, with a band that holds at all of them at once."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.contrasts.table import SHARED
from ssdmath.contrasts.wording import verdict
from ssdmath.stats import corrections
from ssdmath.stats.between_runs import run_effects, scale
from ssdmath.stats.outcomes import number, tally
from ssdmath.stats.paired import Difference, difference, without_spread
from ssdmath.stats.recipes import common_rows, deviations, recipe_of, spreads
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables.rounding import PLACES

_ONE_RUN = "one training run: the result is about that checkpoint, not the recipe"


def curve(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    *,
    split: str,
    a: tuple[str, ...],
    b: tuple[str, ...],
    decodings: Sequence[str],
    seed: int,
    resamples: int = 10_000,
    margin: float = 0.02,
    shared: bool = False,
) -> pl.DataFrame:
    """Paired difference a - b at each decoding, with a max-T band over all of them.

    Where a side has several runs, interval, p and band count the spread of runs on the scale of
    the contrast table, pooled over the study's recipes. The verdict at each decoding is that of the
    band and its p; `margin` and `shared` word it as in the contrast table.
    """
    outcomes = tally(draws, problems, split)
    columns = [(outcomes.columns(a, slug), outcomes.columns(b, slug)) for slug in decodings]
    rows = common_rows(outcomes, np.concatenate([side for pair in columns for side in pair]))
    rates, clusters = outcomes.rates[rows], number(outcomes.problems["cluster"][rows])
    differences, d, noise, df = [], [], [], math.inf
    for slug, (of_a, of_b) in zip(decodings, columns, strict=True):
        others = spreads([outcomes], slug, [of_a, of_b])
        sides = rates[:, of_a], rates[:, of_b]
        differences.append(
            difference(*sides, clusters, seed=seed, resamples=resamples, others=others)
        )
        d.append(sides[0].mean(axis=1) - sides[1].mean(axis=1))
        of = scale(sides, d[-1], clusters, others)
        noise.append(max(0.0, of.runs))
        df = min(df, of.df)
    effects = None
    if max(len(a), len(b)) > 1:
        step = next(r.step for at in columns[0] if (r := recipe_of(outcomes, int(at[0]))))
        apart = deviations(outcomes, decodings, step)
        effects = run_effects(apart, np.array(noise), df=df, seed=seed, resamples=resamples)
    table = _table(decodings, differences, np.column_stack(d), clusters, effects, seed, resamples)
    runs = max(len(a), len(b))  # base, the other side, has none
    constants = {"problems": len(rows), "runs": runs, "df": df, "shared": shared}
    return _judged(table, constants, margin)


def _judged(table: pl.DataFrame, constants: Mapping[str, Any], margin: float) -> pl.DataFrame:
    """Add runs, verdict and note to the rows of a curve; every row gets `constants`."""
    words = [
        verdict(
            {"p_holm": None, "mde80": None, "p_bh": row["p_max_t"], **constants}
            | {"lo": row["band_lo"], "hi": row["band_hi"]},
            margin,
        )
        for row in table.iter_rows(named=True)
    ]
    runs = constants["runs"]
    note = _ONE_RUN if runs < 2 else SHARED if constants["shared"] else ""
    return table.with_columns(
        runs=pl.lit(runs, dtype=pl.Int64), verdict=pl.Series(words), note=pl.lit(note)
    )


def _table(
    decodings: Sequence[str],
    differences: Sequence[Difference],
    d: Floats,
    clusters: Ints,
    effects: tuple[Floats, Floats] | None,
    seed: int,
    resamples: int,
) -> pl.DataFrame:
    se = np.array([answer.se for answer in differences])
    p_max_t, critical = corrections.max_t(
        d, se, clusters, seed=seed, resamples=resamples, effects=effects
    )
    delta = d.mean(axis=0)
    band_lo, band_hi = delta - critical * se, delta + critical * se
    for at in np.flatnonzero(se == 0):
        band_lo[at], band_hi[at], p_max_t[at] = without_spread(
            float(delta[at]), int(clusters.max()) + 1, comparisons=len(delta)
        )
    return pl.DataFrame(
        {
            "decoding": list(decodings),
            "temperature": [Decoding.parse(slug).temperature for slug in decodings],
            "delta": delta,
            "lo": [answer.lo for answer in differences],
            "hi": [answer.hi for answer in differences],
            "band_lo": band_lo,
            "band_hi": band_hi,
            "p": [answer.p for answer in differences],
            "p_max_t": p_max_t,
        }
    ).with_columns(pl.col(pl.Float64).round(PLACES))
