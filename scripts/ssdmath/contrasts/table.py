"""Contrasts: the difference of two sides, its corrected p, and words that fit (method.md 5).

A contrast is declared before its result is seen, in a family: primary, confirmatory (both
corrected by Holm, each for itself) or exploratory (Benjamini-Hochberg).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.contrasts.wording import verdict
from ssdmath.stats import corrections, power
from ssdmath.stats.intervals import clustered_se
from ssdmath.stats.outcomes import Outcomes, number, tally
from ssdmath.stats.paired import FEW_DIFFER, difference, differences
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import schemas

Family = Literal["primary", "confirmatory", "exploratory"]
Cell = tuple[str, str, str]  # model, split, decoding
_PLACES = 10  # the last digits of a matrix product depend on the number of threads


@dataclass(frozen=True)
class Side:
    """One side of a contrast: the models (one per training seed) and the decoding they share."""

    models: tuple[str, ...]
    decoding: str

    def __str__(self) -> str:
        """The side as the tables name it: `base | t0.7`."""
        return f"{','.join(self.models)} | {self.decoding}"


@dataclass(frozen=True)
class Contrast:
    """A declared question: whether `a` is better than `b` on `split`."""

    name: str
    family: Family
    split: str
    a: Side
    b: Side


def check(
    declared: Sequence[Contrast],
    cells: Collection[Cell],
    caps: Mapping[Cell, int] | None = None,
) -> None:
    """ValueError in one line: a cell the grid does not make, unequal caps, no primary, a twin."""
    names = [contrast.name for contrast in declared]
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"contrasts {twins}: declared twice; every name stands once")
    if declared and not any(contrast.family == "primary" for contrast in declared):
        raise ValueError(f"contrasts {names}: none is primary; one must be")
    for contrast in declared:
        used = [
            (model, contrast.split, side.decoding)
            for side in (contrast.a, contrast.b)
            for model in side.models
        ]
        if unknown := [cell for cell in used if cell not in cells]:
            raise ValueError(f"contrast {contrast.name}: the grid makes no cell {unknown[0]}")
        if caps is not None and len(found := {caps[cell] for cell in used}) > 1:
            raise ValueError(f"contrast {contrast.name}: caps {sorted(found)}; they must be equal")


def contrasts(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    declared: Sequence[Contrast],
    *,
    seed: int,
    resamples: int = 10_000,
    margin: float = 0.02,
) -> pl.DataFrame:
    """Answer every declared contrast; the columns are `tables.CONTRASTS`.

    `margin` is the smallest difference of interest. ValueError names a cell without draws.
    """
    splits = {split: tally(draws, problems, split) for split in {c.split for c in declared}}
    rows = [_row(c, splits[c.split], seed=seed, resamples=resamples) for c in declared]
    table = pl.DataFrame(rows, schema=dict(schemas.CONTRASTS) | {"df": pl.Float64()})
    table = table.with_columns(p_holm=_corrected(table, holm=True), p_bh=_corrected(table))
    words = [verdict(row, margin) for row in table.iter_rows(named=True)]
    table = table.with_columns(verdict=pl.Series(words, dtype=pl.String)).drop("df")
    return table.with_columns(pl.col(pl.Float64).round(_PLACES))


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
) -> pl.DataFrame:
    """Paired difference a - b at each decoding, with a band that holds over all of them (max-T)."""
    outcomes = tally(draws, problems, split)
    columns = [(outcomes.columns(a, slug), outcomes.columns(b, slug)) for slug in decodings]
    rows = _common(outcomes, np.concatenate([side for pair in columns for side in pair]))
    rates, clusters = outcomes.rates[rows], number(outcomes.problems["cluster"][rows])
    d = np.column_stack([rates[:, i].mean(axis=1) - rates[:, j].mean(axis=1) for i, j in columns])
    se = clustered_se(d, clusters)
    p_max_t, critical = corrections.max_t(d, se, clusters, seed=seed, resamples=resamples)
    each = differences(d, clusters, seed=seed, resamples=resamples)
    delta = d.mean(axis=0)
    return pl.DataFrame(
        {
            "decoding": list(decodings),
            "temperature": [Decoding.parse(slug).temperature for slug in decodings],
            "delta": delta,
            "lo": [found.lo for found in each],
            "hi": [found.hi for found in each],
            "band_lo": delta - critical * se,
            "band_hi": delta + critical * se,
            "p": [found.p for found in each],
            "p_max_t": p_max_t,
        }
    ).with_columns(pl.col(pl.Float64).round(_PLACES))


def _row(contrast: Contrast, outcomes: Outcomes, *, seed: int, resamples: int) -> dict[str, object]:
    try:
        a = outcomes.columns(contrast.a.models, contrast.a.decoding)
        b = outcomes.columns(contrast.b.models, contrast.b.decoding)
    except ValueError as error:
        raise ValueError(f"contrast {contrast.name}: {error}") from None
    both = np.concatenate([a, b])
    rows = _common(outcomes, both)
    if not len(rows):
        raise ValueError(f"contrast {contrast.name}: its cells have no problem in common")
    clusters = number(outcomes.problems["cluster"][rows])
    rates = outcomes.rates[rows]
    found = difference(rates[:, a], rates[:, b], clusters, seed=seed, resamples=resamples)
    arms = outcomes.cells["arm"].to_list()
    trained = [len(side) for side in (a, b) if arms[side[0]] != "base"]
    return {
        "contrast": contrast.name,
        "a": str(contrast.a),
        "b": str(contrast.b),
        "split": contrast.split,
        "problems": len(rows),
        "draws_a": int(outcomes.drawn[np.ix_(rows, a)].sum()),
        "draws_b": int(outcomes.drawn[np.ix_(rows, b)].sum()),
        "delta": found.delta,
        "lo": found.lo,
        "hi": found.hi,
        "p": found.p,
        # Where no draw differed there is no spread to say it from.
        "mde80": power.detectable(found.se, found.df) if found.se > 0 else None,
        "runs": min(trained, default=0),
        "sd_between_runs": found.sd_between_runs,
        "family": contrast.family,
        "note": _note(outcomes, rows, both, trained, found.method),
        "df": found.df,
    }


def _common(outcomes: Outcomes, columns: Ints) -> Ints:
    """Rows of the problems of which every column has a draw."""
    return np.flatnonzero((outcomes.drawn[:, columns] > 0).all(axis=1))


def _note(
    outcomes: Outcomes, rows: Ints, columns: Ints, trained: Sequence[int], method: str
) -> str:
    """What restricts the reading of a contrast, in words."""
    parts = []
    whole = outcomes.problems.height
    if len(rows) < whole:
        parts.append(f"restricted to the {len(rows)} of {whole} problems that every cell has")
    drawn = outcomes.drawn[np.ix_(rows, columns)]
    if missing := int((drawn.max(axis=0) - drawn).sum()):
        parts.append(f"{missing} draws of these problems are missing")
    if min(trained, default=2) < 2:
        parts.append("a side has one training run: it speaks of that checkpoint, not of the recipe")
    if method == FEW_DIFFER:
        parts.append(method)
    return "; ".join(parts)


def _corrected(table: pl.DataFrame, *, holm: bool = False) -> pl.Series:
    """Adjusted p within the families that Holm (else Benjamini-Hochberg) answers for; else null."""
    family, p = table["family"].to_numpy(), table["p"].to_numpy()
    adjusted: Floats = np.full(len(p), np.nan)
    for name in ("primary", "confirmatory") if holm else ("exploratory",):
        mine = family == name
        correct = corrections.holm if holm else corrections.benjamini_hochberg
        adjusted[mine] = correct(p[mine])
    return pl.Series(adjusted).fill_nan(None)
