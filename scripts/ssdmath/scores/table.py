"""The score table: a row per cell and stratum, with intervals over problems (method.md 4 and 5).

What this file is not: it compares no cells (inference.contrasts does) and chooses none (choice).
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl

from ssdmath.scores import estimators
from ssdmath.scores.status_rates import shares
from ssdmath.stats.intervals import mean_intervals
from ssdmath.stats.outcomes import KEY, Outcomes, number, tally, votes
from ssdmath.stats.resampling import Floats
from ssdmath.tables import score_schema
from ssdmath.tables.rounding import PLACES

ALL = "all"


def scores(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    *,
    planned: Mapping[str, int],
    ks: Sequence[int],
    cap: int,
    seed: int,
    resamples: int = 10_000,
    groups: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Score every cell in every stratum; the columns are `score_table.schema(ks)`.

    `planned`: draws per problem, by split. `groups` (problem, stratum) adds overlapping strata to
    the problems' own. ValueError: more draws than planned, completions above the cap, unknown
    problems.
    """
    if (long := draws.filter(pl.col("tokens") > cap).sort(KEY)).height:
        found = f"{long['tokens'][0]} tokens, above the cap of {cap}"
        raise ValueError(f"cell {long['model'][0]}: {found}; unequal caps cannot be compared")
    parts = []
    for split in sorted(draws["split"].unique()):
        outcomes = tally(draws, problems, split)
        _check_planned(outcomes, split, planned)
        members = _members(outcomes.problems, groups)
        rates = _rates(outcomes, draws, members, planned[split], ks, seed, resamples)
        parts.append(rates.join(shares(draws, members, split), on=[*KEY, "stratum"], how="left"))
    schema = score_schema.schema(ks)
    if not parts:
        return pl.DataFrame(schema=schema)
    table = pl.concat(parts).select(schema.names()).cast(schema)
    return table.with_columns(pl.col(pl.Float64).round(PLACES)).sort(
        *KEY, pl.col("stratum") != ALL, "stratum"
    )


def _check_planned(outcomes: Outcomes, split: str, planned: Mapping[str, int]) -> None:
    if split not in planned:
        raise ValueError(f"split {split}: no planned draws given, only {sorted(planned)}")
    if (outcomes.drawn > planned[split]).any():
        cell = outcomes.cells["model"][int(outcomes.drawn.max(axis=0).argmax())]
        found = f"{outcomes.drawn.max()} draws of one problem, planned {planned[split]}"
        raise ValueError(f"cell {cell} on {split}: {found}")


def _members(problems: pl.DataFrame, groups: pl.DataFrame | None) -> pl.DataFrame:
    """(problem, stratum) for all, the problems' own strata and the extra groups."""
    own = problems.select(problem="id", stratum="stratum").drop_nulls()
    every = problems.select(problem="id", stratum=pl.lit(ALL))
    extra = own.clear() if groups is None else groups.select("problem", "stratum")
    extra = extra.join(every.select("problem"), on="problem", how="semi")
    return pl.concat([every, own, extra]).unique().sort("stratum", "problem")


def _rates(
    outcomes: Outcomes,
    draws: pl.DataFrame,
    members: pl.DataFrame,
    planned: int,
    ks: Sequence[int],
    seed: int,
    resamples: int,
) -> pl.DataFrame:
    """Accuracy with its interval, and the per-problem estimators, by cell and stratum."""
    values = _estimates(outcomes, draws, planned, ks, seed)
    place = {name: row for row, name in enumerate(outcomes.problems["id"])}
    parts = []
    for (stratum,), inside in members.group_by("stratum", maintain_order=True):
        rows = np.array([place[name] for name in inside["problem"]])
        clusters = number(outcomes.problems["cluster"][rows])
        drawn = outcomes.drawn[rows]
        present = np.flatnonzero(drawn.sum(axis=0) > 0)
        if not len(present):
            continue
        at = np.ix_(rows, present)
        drawn, rates = outcomes.drawn[at], outcomes.rates[at]
        intervals = mean_intervals(rates, drawn, clusters, seed=seed, resamples=resamples)
        numbers = {
            "problems": (drawn > 0).sum(axis=0),
            "draws": drawn.sum(axis=0),
            "missing": planned * len(rows) - drawn.sum(axis=0),
            "accuracy": intervals.mean,
            "se": intervals.se,
            "lo": intervals.lo,
            "hi": intervals.hi,
            "interval_method": intervals.methods,
            "within_share": estimators.within_share(rates, drawn),
        } | {name: _mean(value[at]) for name, value in values.items()}
        named = outcomes.cells[present].with_columns(stratum=pl.lit(str(stratum)))
        parts.append(named.with_columns(**{k: pl.Series(k, v) for k, v in numbers.items()}))
    return pl.concat(parts).with_columns(pl.col(pl.Float64).fill_nan(None))


def _estimates(
    outcomes: Outcomes, draws: pl.DataFrame, planned: int, ks: Sequence[int], seed: int
) -> dict[str, Floats]:
    """Each estimator by problem and cell; NaN where k is more than half of the planned draws."""
    correct, drawn, cast = outcomes.correct, outcomes.drawn, votes(draws, outcomes)
    estimates: dict[str, Floats] = {}
    for k in ks:
        counted = drawn if 2 * k <= planned else np.zeros_like(drawn)
        right = np.where(counted > 0, correct, 0)
        estimates[f"pass@{k}"] = estimators.tabulate(right, counted, k, estimators.pass_at_k)
        estimates[f"pass^{k}"] = estimators.tabulate(right, counted, k, estimators.pass_hat_k)
        for tau in score_schema.TAUS:
            estimates[f"gpass@{k}_{tau:g}"] = estimators.tabulate(
                right, counted, k, partial(estimators.g_pass_at_k, tau=tau)
            )
        estimates[f"maj@{k}"] = estimators.majorities(cast, counted, [k] * len(cast), seed=seed)
    return estimates


def _mean(values: Floats) -> Floats:
    """Mean of each column over the problems that have a value; NaN where none has."""
    count = (~np.isnan(values)).sum(axis=0)
    return np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)
