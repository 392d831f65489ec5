"""The geometry table: sums of every model over the same carriers, as means with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import BASE, Model
from ssdmath.mechanism.schemas import GEOMETRY
from ssdmath.stats import problem_means
from ssdmath.stats.outcomes import number
from ssdmath.stats.problem_means import Estimates
from ssdmath.stats.resampling import Floats, Ints

ENTROPY, TOP_MASS, MATCHED = "entropy", "top-20 mass", "matched entropy"
MATCHES = 12  # top-20 masses at which entropies are compared

Columns = Sequence[tuple[str, float | None]]
Sums = Mapping[str, tuple[Floats, Floats]]  # model -> totals [carriers, columns], counts


class Bootstrap:
    """The problems behind the carriers, and how often they are drawn anew."""

    def __init__(self, carriers: pl.DataFrame, *, seed: int, resamples: int) -> None:
        """Number problems and clusters in the order of the carriers."""
        labels = carriers["problem"].unique(maintain_order=True)
        numbers = {label: at for at, label in enumerate(labels)}
        self.problems: Ints = np.array([numbers[one] for one in carriers["problem"]], np.int64)
        first = carriers.unique("problem", keep="first", maintain_order=True)
        self.clusters = number(first["cluster"])
        self.how = {"seed": seed, "resamples": resamples}

    def estimate(self, totals: Floats, counts: Floats) -> Estimates:
        """Means with intervals of every column."""
        return problem_means.estimate(totals, counts, self.problems, self.clusters, **self.how)

    def resampled(self, totals: Floats, counts: Floats) -> tuple[Floats, Floats, int]:
        """Means and their resamples."""
        return problem_means.resampled(totals, counts, self.problems, self.clusters, **self.how)


def strata(carriers: pl.DataFrame) -> dict[str, Floats]:
    """Which carriers belong to which stratum, as weights 0 and 1."""
    found = {"all": np.ones(carriers.height)}
    for column, shown in (("length", "{}"), ("correct", "correct: {}"), ("writer", "by {}")):
        for value in carriers[column].drop_nulls().unique().sort().to_list():
            name = {True: "yes", False: "no"}.get(value, value)
            of_value = carriers[column].eq_missing(value).to_numpy()
            found[shown.format(name)] = of_value.astype(np.float64)
    return found


def table(
    carriers: pl.DataFrame, columns: Columns, sums: Sums, *, seed: int, resamples: int
) -> pl.DataFrame:
    """GEOMETRY from the sums of every model; `carriers` in the order of the sums' rows."""
    boot = Bootstrap(carriers, seed=seed, resamples=resamples)
    rows: list[dict[str, Any]] = []
    for stratum, weight in strata(carriers).items():
        kept = {m: (totals * weight[:, None], n * weight) for m, (totals, n) in sums.items()}
        for model, (totals, counts) in kept.items():
            found = boot.estimate(totals, counts)
            delta = boot.estimate(totals - kept[BASE][0], counts)
            named = {"model": model, "arm": Model.parse(model).arm, "stratum": stratum}
            rows += [named | row for row in _rows(columns, found, delta, model != BASE)]
    rows += _matched(columns, sums, boot)
    return pl.DataFrame(rows, schema=GEOMETRY)


def _rows(
    columns: Columns, found: Estimates, delta: Estimates, trained: bool
) -> Iterator[dict[str, Any]]:
    for at, (panel, x) in enumerate(columns):
        value, lo, hi = found.row(at)
        change = delta.row(at) if trained else (None, None, None)
        yield {
            "panel": panel,
            "x": x,
            **dict(zip(("value", "lo", "hi"), (value, lo, hi), strict=True)),
            **dict(zip(("delta", "delta_lo", "delta_hi"), change, strict=True)),
            "positions": found.positions,
            "problems": found.problems,
        }


def _matched(columns: Columns, sums: Sums, boot: Bootstrap) -> Iterator[dict[str, Any]]:
    """Entropy where two models have the same top-20 mass: both are functions of T_eval."""
    masses = [at for at, (panel, _) in enumerate(columns) if panel == TOP_MASS]
    entropies = [at for at, (panel, _) in enumerate(columns) if panel == ENTROPY]
    means = {model: boot.resampled(*held) for model, held in sums.items()}
    ends = [(mean[masses].min(), mean[masses].max()) for mean, _, _ in means.values()]
    grid = np.linspace(max(low for low, _ in ends), min(high for _, high in ends), MATCHES)
    curves = {}
    for model, (mean, many, _) in means.items():
        each = [_along(row[masses], row[entropies], grid) for row in (mean, *many)]
        curves[model] = np.array(each)
    count = means[BASE][2]
    for model, curve in curves.items():
        change = curve - curves[BASE]
        for at, mass in enumerate(grid if ends else ()):
            lo, hi = problem_means.interval(curve[1:, at], count)
            ends_ = problem_means.interval(change[1:, at], count)
            trained = model != BASE
            yield {
                "model": model,
                "arm": Model.parse(model).arm,
                "panel": MATCHED,
                "x": float(mass),
                "stratum": "all",
                "value": problem_means.plain(float(curve[0, at])),
                "lo": lo,
                "hi": hi,
                "delta": problem_means.plain(float(change[0, at])) if trained else None,
                "delta_lo": ends_[0] if trained else None,
                "delta_hi": ends_[1] if trained else None,
                "positions": int(sums[model][1].sum()),
                "problems": len(boot.clusters),
            }


def _along(mass: Floats, entropy: Floats, grid: Floats) -> Floats:
    """Entropy at each mass of the grid; the ends of a curve hold beyond it."""
    order = np.argsort(mass)
    return np.interp(grid, mass[order], entropy[order])
