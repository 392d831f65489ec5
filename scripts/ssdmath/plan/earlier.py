"""Variance components measured by an earlier study, from its verdicts on validation."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ssdmath.config.names import BASE
from ssdmath.stats.between_runs import pool, spread
from ssdmath.stats.outcomes import Outcomes, tally
from ssdmath.stats.recipes import recipes
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import draws

SPLIT = "validation"


def components(folder: Path) -> dict[str, Any]:
    """Measure the components of the study in a results folder, as `measured` does."""
    try:
        return {"study": folder.name} | measured(_outcomes(folder))
    except ValueError as error:
        raise ValueError(f"plan.design.earlier is {folder.name!r}: {error}") from None


def measured(outcomes: Outcomes) -> dict[str, float]:
    """Measure a study's components; ValueError says what its draws lack.

    `within`, `between`, `effects` (variances), `between_runs` and `decodings` (standard
    deviations), of accuracies as shares of 1; estimates below 0 are 0.
    """
    repeated = np.asarray((outcomes.drawn > 1).all(axis=0))
    base = [at for at in _columns(outcomes, BASE) if repeated[at]]
    if len(base) < 2:
        raise ValueError(
            "found fewer than 2 decodings of base with 2 draws a problem; allowed: more"
        )
    if not recipes(outcomes):
        raise ValueError("found no recipe with 2 runs; allowed: a study with at least one")
    noise = outcomes.rates * (1 - outcomes.rates) / np.maximum(outcomes.drawn - 1, 1)
    spreads = [
        spread(outcomes.rates[:, columns], outcomes.clusters)
        for cells in recipes(outcomes).values()
        for columns in cells.values()
    ]
    return {
        "within": float((noise * outcomes.drawn)[:, repeated].mean()),
        "between": float(np.mean([_variance(outcomes, noise, [at]) for at in base])),
        "effects": max(0.0, float(np.mean([*_differences(outcomes, noise, base)]))),
        "between_runs": math.sqrt(pool(spreads).net),
        "decodings": _over_decodings(outcomes.rates[:, base]),
    }


def _outcomes(folder: Path) -> Outcomes:
    files = sorted(map(str, folder.glob(f"verdicts/*/{SPLIT}/*/*.parquet")))
    problems = folder / "problems" / f"{SPLIT}.parquet"
    if not files or not problems.exists():
        finished = sorted(path.parent.name for path in folder.parent.glob("*/contrasts.parquet"))
        raise ValueError(f"found no verdicts of it; allowed: a finished study, here {finished}")
    return tally(draws.gather(files), draws.problems([str(problems)]), SPLIT)


def _columns(outcomes: Outcomes, model: str) -> list[int]:
    return np.flatnonzero((outcomes.cells["model"] == model).to_numpy()).tolist()


def _variance(outcomes: Outcomes, noise: Floats, columns: list[int] | Ints) -> float:
    """Variance over problems of the mean rate of some cells, net of their draws' noise."""
    rates = outcomes.rates[:, columns].mean(axis=1)
    return float(rates.var(ddof=1) - noise[:, columns].mean() / len(columns))


def _differences(outcomes: Outcomes, noise: Floats, base: list[int]) -> Iterator[float]:
    """Variance over problems of true differences to base, per recipe at base's decodings."""
    slugs = outcomes.cells["decoding"].to_list()
    at = {slugs[column]: column for column in base}
    for cells in recipes(outcomes).values():
        for slug, columns in cells.items():
            if slug in at:
                difference = outcomes.rates[:, columns].mean(axis=1) - outcomes.rates[:, at[slug]]
                drawn = noise[:, columns].mean() / len(columns) + noise[:, at[slug]].mean()
                yield float(difference.var(ddof=1) - drawn)


def _over_decodings(rates: Floats) -> float:
    """Standard deviation of the true means of rates (problems x decodings), by a two-way layout."""
    means = rates.mean(axis=0)
    rest = rates - means - rates.mean(axis=1, keepdims=True) + rates.mean()
    residual = float((rest**2).sum()) / ((len(rates) - 1) * (rates.shape[1] - 1))
    return math.sqrt(max(0.0, float(means.var(ddof=1)) - residual / len(rates)))
