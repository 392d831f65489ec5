"""Contrasts: the difference of two sides, its corrected p, and words that fit (method.md 5).

A contrast is declared before its result is seen, in a family: primary, confirmatory (both
corrected by Holm, each for itself), exploratory or null (both Benjamini-Hochberg). Of a null
contrast every finding is false: halves of one arm's runs, or base against its placebo.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

import numpy as np
import polars as pl

from ssdmath.config.names import OF_BASE
from ssdmath.config.terms import CONFIRMATORY, EXPLORATORY, NULL, PRIMARY
from ssdmath.contrasts import budgets, stopping
from ssdmath.contrasts.declared import Contrast
from ssdmath.contrasts.wording import MATCHED, UNMATCHED, verdict
from ssdmath.stats import corrections, power
from ssdmath.stats.outcomes import Outcomes, number, tally
from ssdmath.stats.paired import ALIKE, FEW_DIFFER, Difference, difference
from ssdmath.stats.recipes import common_rows, recipe_of, spreads
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import schemas
from ssdmath.tables.rounding import PLACES

SHARED = "all runs train on one synthesis sample: the result is about that sample, not the recipe"
# Of an answer, for whoever judges or pools.
_UNWRITTEN: dict[str, pl.DataType] = {"df": pl.Float64(), "se": pl.Float64()}


class Given(TypedDict):
    """How contrasts are answered, in every table of them: the arguments of `answers`."""

    seed: int
    resamples: NotRequired[int]
    shared: NotRequired[bool]
    matched: NotRequired[bool]


def contrasts(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    *,
    margin: float = 0.02,
    ended: Mapping[str, Any] | None = None,
    **given: Unpack[Given],
) -> pl.DataFrame:
    """Answer every declared contrast; the columns are `tables.CONTRASTS`.

    `margin` is the smallest difference of interest; `ended`: the looks of a study that declares
    some (`stopping.summary`). ValueError names a cell without draws.
    """
    table = answers(draws, problems, declared, **given)
    table = table.with_columns(p_holm=_corrected(table, holm=True), p_bh=_corrected(table))
    return judged(table if ended is None else stopping.at_end(table, ended), margin)


def answers(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    *,
    seed: int,
    resamples: int = 10_000,
    shared: bool = False,
    matched: bool = False,
) -> pl.DataFrame:
    """The contrasts without corrected p and verdict; with standard error, df, and `shared`.

    `shared`: all runs train on one synthesis sample, of which verdicts and notes then speak;
    `matched`: all arms train on the same prompts.
    """
    splits = {split: tally(draws, problems, split) for split in problems["split"].unique()}
    sets = MATCHED if matched else UNMATCHED
    rows = []
    for contrast in budgets.fitted(declared, draws):
        voting = contrast.budget is not None
        counted = budgets.voted(contrast, splits, draws, seed) if voting else splits
        rows.append(_row(contrast, counted, sets, seed=seed, resamples=resamples))
    for row in rows if shared else []:
        row["note"] = "; ".join(filter(None, [SHARED * (row["runs"] != 0), str(row["note"])]))
    table = pl.DataFrame(rows, schema=dict(schemas.CONTRASTS) | _UNWRITTEN)
    return table.with_columns(shared=pl.lit(shared))


def judged(table: pl.DataFrame, margin: float) -> pl.DataFrame:
    """Put the verdict on answered contrasts whose p is corrected; all numbers to ten places."""
    words = [verdict(row, margin) for row in table.iter_rows(named=True)]
    table = table.with_columns(verdict=pl.Series(words, dtype=pl.String)).drop(
        *_UNWRITTEN, "shared"
    )
    return table.with_columns(pl.col(pl.Float64).round(PLACES))


def _row(
    contrast: Contrast, splits: Mapping[str, Outcomes], sets: str, *, seed: int, resamples: int
) -> dict[str, object]:
    outcomes = splits[contrast.split]
    try:
        a = outcomes.columns(contrast.a.models, contrast.a.decoding)
        b = outcomes.columns(contrast.b.models, contrast.b.decoding)
    except ValueError as error:
        raise ValueError(f"contrast {contrast.name}: {error}") from None
    runs_of_both = np.concatenate([a, b])
    rows = common_rows(outcomes, runs_of_both)
    if not len(rows):
        raise ValueError(f"contrast {contrast.name}: its cells have no problem in common")
    clusters, rates = number(outcomes.problems["cluster"][rows]), outcomes.rates[rows]
    # Validation fills in for recipes that are not tested.
    fallback = [splits["validation"]] if "validation" in splits else []
    decoding = contrast.a.decoding if len(a) > 1 else contrast.b.decoding
    others = spreads([outcomes, *fallback], decoding, [a, b])
    answer = difference(
        rates[:, a], rates[:, b], clusters, seed=seed, resamples=resamples, others=others
    )
    arms = outcomes.cells["arm"].to_list()
    trained = [len(side) for side in (a, b) if arms[side[0]] not in OF_BASE]
    note = _note(outcomes, rows, runs_of_both, trained, answer)
    return {
        "contrast": contrast.name,
        "a": str(contrast.a),
        "b": str(contrast.b),
        "split": contrast.split,
        "problems": len(rows),
        "draws_a": int(outcomes.drawn[np.ix_(rows, a)].sum()),
        "draws_b": int(outcomes.drawn[np.ix_(rows, b)].sum()),
        "delta": answer.delta,
        "lo": answer.lo,
        "hi": answer.hi,
        "p": answer.p,
        # Without any draw that differs there is no spread to compute it from.
        "mde80": power.detectable(answer.se, answer.df) if answer.se > 0 else None,
        "runs": min(trained, default=0),
        "sd_between_runs": answer.sd_between_runs,
        "family": contrast.family,
        "note": "; ".join([*budgets.note(contrast), *[sets] * _other_sets(outcomes, a, b), *note]),
        "df": answer.df,
        "se": answer.se,
    }


def _note(
    outcomes: Outcomes, rows: Ints, columns: Ints, trained: Sequence[int], answer: Difference
) -> list[str]:
    """What restricts the reading of a contrast, in words."""
    clauses = []
    problems = outcomes.problems.height
    if len(rows) < problems:
        clauses.append(f"restricted to the {len(rows)} of {problems} problems that every cell has")
    drawn = outcomes.drawn[np.ix_(rows, columns)]
    if missing := int((drawn.max(axis=0) - drawn).sum()):
        clauses.append(f"{missing} draws of these problems are missing")
    if min(trained, default=2) < 2:
        clauses.append(
            "a side has one training run: the result is about that checkpoint, not the recipe"
        )
    if answer.sd_pooled is not None and answer.recipes > len(trained):
        sd = f"{100 * answer.sd_pooled:.1f} points"
        clauses.append(f"runs differ by {sd} (sd), pooled over {answer.recipes} recipes")
    if answer.method in (ALIKE, FEW_DIFFER):
        clauses.append(answer.method)
    return clauses


def _other_sets(outcomes: Outcomes, a: Ints, b: Ints) -> bool:
    """Whether both sides are trained, here or elsewhere, by different recipes."""
    first, second = (recipe_of(outcomes, int(side[0])) for side in (a, b))
    return None not in (first, second) and first[:2] != second[:2]  # type: ignore[index]


def _corrected(table: pl.DataFrame, *, holm: bool = False) -> pl.Series:
    """Adjusted p within the families that Holm (else Benjamini-Hochberg) answers for; else null."""
    family, p = table["family"].to_numpy(), table["p"].to_numpy()
    adjusted: Floats = np.full(len(p), np.nan)
    for name in (PRIMARY, CONFIRMATORY) if holm else (EXPLORATORY, NULL):
        mine = family == name
        correct = corrections.holm if holm else corrections.benjamini_hochberg
        adjusted[mine] = correct(p[mine])
    return pl.Series(adjusted).fill_nan(None)
