"""How often intervals cover and tests alarm, in simulated studies, with the project's own code."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from calibration_world import World, observed, pick, shift_for, treated

from ssdmath.stats.corrections import holm
from ssdmath.stats.intervals import clustered_se, expanded_percentiles, mean_intervals, wilson
from ssdmath.stats.paired import Difference, differences, sign_flip_p
from ssdmath.stats.resampling import Floats, Ints, bootstrap_means

ALPHA = 0.05
FAMILY = 10
Row = dict[str, Any]
_SLICE = 500  # studies held at once


def grid(n: int, k: int, *, studies: int, resamples: int, seed: int) -> Row:
    """Coverage, false alarms, family-wise error and power at n problems and K draws."""
    rng = np.random.default_rng([seed, n, k])
    rates, moves = World().population(rng)
    row: Row = {"problems": n, "draws": k}
    at = pick(studies, n, rng)
    base = observed(rates[at], k, rng)
    coverage = [
        mean_intervals(part, np.full(part.shape, k), np.arange(n), seed=seed, resamples=resamples)
        for part in _slices(base)
    ]
    row["method"] = coverage[0].methods[0]
    row["mean covers"] = np.mean([_share(x.lo, x.hi, float(rates.mean())) for x in coverage])
    for name, effect in (("null", 0.0), ("effect", 1.0)):
        shift = shift_for(rates, moves, n=n, k=k, effect=effect)
        a = treated(rates, moves, shift)
        truth = float((a - rates).mean())
        d = observed(a[at], k, rng) - base
        tested = _differences(d, np.arange(n), seed=seed, resamples=resamples)
        row[f"{name} covers"] = np.mean([x.lo <= truth <= x.hi for x in tested])
        row[f"{name} found"] = np.mean([x.p < ALPHA for x in tested])
        row[f"{name} size"] = truth
    return row


def family(n: int, k: int, *, studies: int, resamples: int, seed: int) -> Row:
    """Share of studies with any false alarm among 10 null contrasts with one base, after Holm."""
    rng = np.random.default_rng([seed, n, k, FAMILY])
    rates, moves = World().population(rng)
    shift = shift_for(rates, moves, n=n, k=k, effect=0.0)
    at = pick(studies, n, rng)
    base = observed(rates[at], k, rng)
    p = np.empty((FAMILY, studies))
    for arm in range(FAMILY):
        # Each arm has its own moves: permuted, so that the population's mean effect stays 0.
        a = treated(rates[at], rng.choice(moves, size=at.shape), shift)
        d = observed(a, k, rng) - base
        p[arm] = np.concatenate(
            [sign_flip_p(part, np.arange(n), seed=seed, resamples=resamples) for part in _slices(d)]
        )
    corrected = [bool((holm(column) < ALPHA).any()) for column in p.T]
    return {
        "problems": n,
        "draws": k,
        "any of 10, uncorrected": float((p < ALPHA).any(axis=0).mean()),
        "any of 10, Holm": np.mean(corrected),
    }


def methods(world: World, n: int, k: int, *, studies: int, resamples: int, seed: int) -> Row:
    """Coverage of the interval of one cell's mean under each method, the chosen one last."""
    rng = np.random.default_rng([seed, n, k, 2])
    rates, _ = world.population(rng)
    truth = float(rates.mean())
    values = observed(rates[pick(studies, n, rng)], k, rng)
    clusters = np.arange(n)
    mean, se = values.mean(axis=0), clustered_se(values, clusters)
    naive = 1.96 * np.sqrt(mean * (1 - mean) / (n * k))
    parts = list(_slices(values))
    resampled = [bootstrap_means(x, clusters, seed=seed, resamples=resamples) for x in parts]
    chosen = [
        mean_intervals(x, np.full(x.shape, k), clusters, seed=seed, resamples=resamples)
        for x in parts
    ]
    return {
        "accuracy": truth,
        "problems": n,
        "draws": k,
        "p(1-p)/nK": _share(mean - naive, mean + naive, truth),
        "normal": _share(mean - 1.96 * se, mean + 1.96 * se, truth),
        "percentile": np.mean([_share(*_percentiles(x), truth) for x in resampled]),
        "expanded": np.mean([_share(*expanded_percentiles(x, n), truth) for x in resampled]),
        "Wilson on n": _share(*wilson(mean, np.full(studies, float(n))), truth),
        "chosen": np.mean([_share(x.lo, x.hi, truth) for x in chosen]),
    }


def families(n: int, size: int, k: int, *, studies: int, resamples: int, seed: int) -> Row:
    """Coverage of a cell's mean where problems come in families of one difficulty each."""
    rng = np.random.default_rng([seed, n, size, k])
    rates, _ = World().population(rng)
    clusters = np.repeat(np.arange(n // size), size)
    at = pick(studies, n // size, rng)[clusters]
    values = observed(rates[at], k, rng)
    row: Row = {"problems": n, "families": n // size, "draws": k}
    for name, groups in (("families ignored", np.arange(n)), ("families as clusters", clusters)):
        intervals = [
            mean_intervals(x, np.full(x.shape, k), groups, seed=seed, resamples=resamples)
            for x in _slices(values)
        ]
        row[name] = np.mean([_share(x.lo, x.hi, float(rates.mean())) for x in intervals])
    return row


def _differences(d: Floats, clusters: Ints, *, seed: int, resamples: int) -> list[Difference]:
    parts = (differences(x, clusters, seed=seed, resamples=resamples) for x in _slices(d))
    return [row for part in parts for row in part]


def _slices(values: Floats) -> Iterator[Floats]:
    for start in range(0, values.shape[1], _SLICE):
        yield values[:, start : start + _SLICE]


def _percentiles(means: Floats) -> tuple[Floats, Floats]:
    """The plain percentile interval, which the code does not choose."""
    lo, hi = np.quantile(means, [0.025, 0.975], axis=0)
    return lo, hi


def _share(lo: Floats, hi: Floats, truth: float) -> float:
    return float(((lo <= truth + 1e-12) & (truth <= hi + 1e-12)).mean())
