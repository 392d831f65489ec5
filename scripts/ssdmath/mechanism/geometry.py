"""The geometry table: means with intervals from the sums of every model over the same contexts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import BASE, Model
from ssdmath.mechanism.panels import ENTROPY, MATCHED_ENTROPY, TOP_MASS
from ssdmath.mechanism.schemas import GEOMETRY
from ssdmath.stats import problem_means
from ssdmath.stats.problem_means import Bootstrap, Estimates
from ssdmath.stats.resampling import Floats

MATCHED_MASSES = 12  # top-20 masses at which entropies are compared

Columns = Sequence[tuple[str, float | None]]
Sums = Mapping[str, tuple[Floats, Floats]]  # model -> totals [contexts, columns], counts


def strata(contexts: pl.DataFrame) -> dict[str, Floats]:
    """Which contexts belong to which stratum, as weights 0 and 1."""
    weights = {"all": np.ones(contexts.height)}
    for column, wording in (("length", "{}"), ("correct", "correct: {}"), ("writer", "by {}")):
        for value in contexts[column].drop_nulls().unique().sort().to_list():
            name = {True: "yes", False: "no"}.get(value, value)
            of_value = contexts[column].eq_missing(value).to_numpy()
            weights[wording.format(name)] = of_value.astype(np.float64)
    return weights


def table(
    contexts: pl.DataFrame, columns: Columns, sums: Sums, *, seed: int, resamples: int
) -> pl.DataFrame:
    """GEOMETRY from the sums of every model; `contexts` in the order of the sums' rows."""
    boot = Bootstrap(contexts, seed=seed, resamples=resamples)
    rows: list[dict[str, Any]] = []
    for stratum, weight in strata(contexts).items():
        weighted = {m: (totals * weight[:, None], n * weight) for m, (totals, n) in sums.items()}
        for model, (totals, counts) in weighted.items():
            values = boot.estimate(totals, counts)
            delta = boot.estimate(totals - weighted[BASE][0], counts)
            keys = {"model": model, "arm": Model.parse(model).arm, "stratum": stratum}
            rows += [keys | row for row in _rows(columns, values, delta, model != BASE)]
    rows += _matched(columns, sums, boot)
    return pl.DataFrame(rows, schema=GEOMETRY)


def _rows(
    columns: Columns, values: Estimates, delta: Estimates, trained: bool
) -> Iterator[dict[str, Any]]:
    for i, (panel, x) in enumerate(columns):
        yield {
            "panel": panel,
            "x": x,
            **dict(zip(("value", "lo", "hi"), values.row(i), strict=True)),
            **(delta.change(i) if trained else {}),
            **values.sizes,
        }


def _matched(columns: Columns, sums: Sums, boot: Bootstrap) -> Iterator[dict[str, Any]]:
    """Entropy where two models have the same top-20 mass: both are functions of T_eval."""
    grid, curves, clusters = _matched_curves(columns, sums, boot)
    for model, curve in curves.items():
        change = curve - curves[BASE]
        for i, mass in enumerate(grid):
            value, lo, hi = _read(curve[:, i], clusters)
            delta = problem_means.as_change(_read(change[:, i], clusters))
            yield {
                "model": model,
                "arm": Model.parse(model).arm,
                "panel": MATCHED_ENTROPY,
                "x": float(mass),
                "stratum": "all",
                "value": value,
                "lo": lo,
                "hi": hi,
                **(delta if model != BASE else {}),
                "positions": int(sums[model][1].sum()),
                "problems": len(boot.clusters),
            }


def _matched_curves(
    columns: Columns, sums: Sums, boot: Bootstrap
) -> tuple[Floats, dict[str, Floats], int]:
    """The masses that all models reach, each model's entropy there, and the number of clusters.

    A curve is [1 + resamples, masses]: first the entropy of the means, then of each resample.
    """
    masses = [i for i, (panel, _) in enumerate(columns) if panel == TOP_MASS]
    entropies = [i for i, (panel, _) in enumerate(columns) if panel == ENTROPY]
    means = {model: boot.resampled(*totals) for model, totals in sums.items()}
    ranges = [(mean[masses].min(), mean[masses].max()) for mean, _, _ in means.values()]
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    grid = np.linspace(low, high, MATCHED_MASSES)
    curves = {
        model: np.array([_along(row[masses], row[entropies], grid) for row in (mean, *resamples)])
        for model, (mean, resamples, _) in means.items()
    }
    return grid, curves, means[BASE][2]


def _read(values: Floats, clusters: int) -> problem_means.WithInterval:
    """A statistic, which is the first of `values`, and its interval from the others."""
    return problem_means.plain(float(values[0])), *problem_means.interval(values[1:], clusters)


def _along(mass: Floats, entropy: Floats, grid: Floats) -> Floats:
    """Entropy at each mass of the grid; beyond its ends a curve is constant."""
    order = np.argsort(mass)
    return np.interp(grid, mass[order], entropy[order])
