"""Accuracy against tokens: votes of k draws and pass@k of each side, for every k that was drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from ssdmath.config.names import OF_BASE
from ssdmath.scores import estimators
from ssdmath.stats.between_runs import RunSpread, scale, spread
from ssdmath.stats.intervals import mean_intervals, student
from ssdmath.stats.outcomes import Outcomes, number, tally, votes
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import derived_schemas
from ssdmath.tables.rounding import PLACES

MAJ, PASS = "maj", "pass"
Key = tuple[tuple[str, ...], str]  # models, one per run, and the decoding that they share


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    sides: Sequence[Key],
    *,
    split: str,
    seed: int,
    resamples: int,
    factors: Mapping[tuple[str, str, str], float],
) -> pl.DataFrame:
    """One row per side, metric and k, from 1 to the number of draws; columns `VOTES`.

    `sides` are distinct. `factors` are the tokens drawn per token kept of cells (model, split,
    decoding) where they differ. ValueError names a cell without draws.
    """
    if not sides:
        return derived_schemas.VOTES.to_frame()
    wanted = {(model, decoding) for models, decoding in sides for model in models}
    cells = pl.DataFrame(sorted(wanted), schema=["model", "decoding"], orient="row")
    drawn = draws.filter(split=split).join(cells, on=["model", "decoding"])
    outcomes = tally(drawn, problems, split)
    places = {side: outcomes.columns(*side) for side in sides}
    tokens = {side: _tokens(drawn, side, split, factors) for side in sides}
    rows = []
    for metric, rates in ((MAJ, _majorities(drawn, outcomes, seed)), (PASS, _passes(outcomes))):
        for k, values in rates.items():
            for side, row in _rows(values, outcomes, places, k, seed, resamples).items():
                spent = {"metric": metric, "k": k, "tokens": k * tokens[side]}
                rows.append(_named(side, outcomes) | spent | row | {"side": sides.index(side)})
    found = pl.DataFrame(rows, schema_overrides=dict(derived_schemas.VOTES)).with_columns(
        pl.lit(split).alias("split"), pl.col(pl.Float64).round(PLACES)
    )
    return found.sort("side", "metric", "k").select(derived_schemas.VOTES.names())


def _tokens(
    draws: pl.DataFrame, side: Key, split: str, factors: Mapping[tuple[str, str, str], float]
) -> float:
    """Mean tokens that a draw took, over all runs."""
    models, decoding = side
    of_side = draws.filter(pl.col("model").is_in(models), decoding=decoding)
    of_draws = of_side["tokens"].to_numpy()
    taken = [factors.get((model, split, decoding), 1.0) for model in of_side["model"]]
    return float((of_draws * np.array(taken)).mean())


def _named(side: Key, outcomes: Outcomes) -> dict[str, object]:
    models, decoding = side
    arm = outcomes.cells["arm"][int(outcomes.columns(models, decoding)[0])]
    runs = 0 if arm in OF_BASE else len(models)
    return {"arm": arm, "models": ",".join(models), "decoding": decoding, "runs": runs}


def _majorities(draws: pl.DataFrame, outcomes: Outcomes, seed: int) -> dict[int, Floats]:
    """maj@k by k, problems x cells."""
    cast = votes(draws, outcomes)
    return {
        k: estimators.majorities(cast, outcomes.drawn, [k] * len(cast), seed=seed)
        for k in _ks(outcomes)
    }


def _passes(outcomes: Outcomes) -> dict[int, Floats]:
    """pass@k by k, problems x cells."""
    counts = outcomes.correct, outcomes.drawn
    return {k: estimators.tabulate(*counts, k, estimators.pass_at_k) for k in _ks(outcomes)}


def _ks(outcomes: Outcomes) -> range:
    return range(1, int(outcomes.drawn.max(initial=0)) + 1)


def _rows(
    values: Floats,
    outcomes: Outcomes,
    places: Mapping[Key, Ints],
    k: int,
    seed: int,
    resamples: int,
) -> dict[Key, dict[str, float | int]]:
    """Mean, interval and number of problems of each side that has a problem with k draws."""
    known = {
        side: np.flatnonzero(~np.isnan(values[:, columns]).any(axis=1))
        for side, columns in places.items()
    }
    parts = {
        side: (values[np.ix_(rows, places[side])], number(outcomes.problems["cluster"][rows]))
        for side, rows in known.items()
        if len(rows)
    }
    spreads = {side: spread(*part) for side, part in parts.items() if part[0].shape[1] > 1}
    found: dict[Key, dict[str, float | int]] = {}
    for side, (rates, clusters) in parts.items():
        others = [one for other, one in spreads.items() if other != side]
        drawn = outcomes.drawn[np.ix_(known[side], places[side])]
        lo, hi = _interval(rates, drawn, clusters, others, seed, resamples)
        mean = float(rates.mean())
        found[side] = {"value": mean, "lo": lo, "hi": hi, "problems": len(rates)}
    return found


def _interval(
    rates: Floats,
    drawn: Ints,
    clusters: Ints,
    others: Sequence[RunSpread],
    seed: int,
    resamples: int,
) -> tuple[float, float]:
    """95 % interval of the mean over problems; with several runs the spread of runs counts too."""
    means = rates.mean(axis=1)
    of = scale((rates,), means, clusters, others)
    if rates.shape[1] == 1 or of.se == 0:
        drawn = drawn.sum(axis=1, keepdims=True)
        one = mean_intervals(means[:, None], drawn, clusters, seed=seed, resamples=resamples)
        return float(one.lo[0]), float(one.hi[0])
    half = float(student(of.df)) * of.se
    return max(0.0, float(means.mean()) - half), min(1.0, float(means.mean()) + half)
