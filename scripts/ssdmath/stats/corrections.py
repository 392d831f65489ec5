"""Corrections for looking more than once: Holm, Benjamini-Hochberg, max-T."""

import numpy as np

from ssdmath.stats.intervals import LEVEL
from ssdmath.stats.resampling import Floats, Ints, cluster_sums, sign_flips


def holm(p: Floats) -> Floats:
    """Holm's step-down adjusted p values: family-wise error at most alpha (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return np.minimum(stepped, 1.0)[np.argsort(order)]


def benjamini_hochberg(p: Floats) -> Floats:
    """Benjamini-Hochberg adjusted p values: false discovery rate (Benjamini, Hochberg 1995)."""
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(stepped, 1.0)[np.argsort(order)]


def max_t(
    differences: Floats,
    se: Floats,
    clusters: Ints,
    *,
    seed: int,
    resamples: int,
    effects: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, float]:
    """Adjusted p of each column, and the critical value of a band (Westfall, Young 1993).

    `differences` is problems x points of a curve, paired; one sign per cluster turns all its
    points, so that their dependence is kept. `effects` (resamples x points, and a divisor per
    resample: `between_runs.run_effects`) adds what other runs would change. The band is mean +-
    critical * se.
    """
    sums = cluster_sums(differences, clusters) / len(differences)
    scale = np.where(se > 0, se, np.inf)
    blocks = [signs @ sums for signs in sign_flips(len(sums), seed=seed, resamples=resamples)]
    null = np.concatenate(blocks)
    if effects is not None:
        null = (null + effects[0]) / effects[1][:, None]
    greatest = np.sort(np.abs(null / scale).max(axis=1))
    observed = np.abs(differences.mean(axis=0)) / scale
    above = resamples - np.searchsorted(greatest, observed * (1 - 1e-12), side="left")
    return (above + 1) / (resamples + 1), float(np.quantile(greatest, LEVEL))
