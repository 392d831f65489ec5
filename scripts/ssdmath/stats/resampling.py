"""Resampling as matrix algebra: weights (resamples x clusters) @ sums (clusters x cells).

The weights depend on the seed and the number of clusters alone, so that every cell of a table sees
the same resamples, and the result depends neither on the order of rows nor on the other cells.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CHUNK = 4_000_000  # elements of the weight matrix held at once: 32 MB


def cluster_sums(values: Floats, clusters: Ints) -> Floats:
    """Sum `values` (problems x cells) within clusters 0..C-1: (clusters x cells); NaN counts 0."""
    count = int(clusters.max()) + 1
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, clusters, np.nan_to_num(values))
    return sums


def bootstrap_weights(clusters: int, *, seed: int, resamples: int) -> Iterator[Floats]:
    """How often each cluster is drawn: blocks (rows x clusters), `resamples` rows in all."""
    rng = np.random.default_rng([seed, clusters])
    for rows in _blocks(resamples, clusters):
        drawn = rng.integers(0, clusters, size=(rows, clusters))
        drawn += np.arange(rows)[:, None] * clusters
        counts = np.bincount(drawn.ravel(), minlength=rows * clusters)
        yield counts.reshape(rows, clusters).astype(np.float64)


def sign_flips(clusters: int, *, seed: int, resamples: int) -> Iterator[Floats]:
    """Random signs: blocks (rows x clusters) of -1 and 1, `resamples` rows in all."""
    rng = np.random.default_rng([seed, clusters, 1])
    for rows in _blocks(resamples, clusters):
        yield 2 * rng.integers(0, 2, size=(rows, clusters), dtype=np.int8).astype(np.float64) - 1


def bootstrap_means(rates: Floats, clusters: Ints, *, seed: int, resamples: int) -> Floats:
    """Means over problems of each cell in each resample of clusters: (resamples x cells).

    `rates` is problems x cells; NaN marks a problem the cell has no draw of.
    """
    totals = cluster_sums(rates, clusters)
    sizes = cluster_sums((~np.isnan(rates)).astype(np.float64), clusters)
    everywhere = totals.sum(axis=0) / sizes.sum(axis=0)
    if (sizes == sizes[:, :1]).all():
        sizes = sizes[:, :1]  # no cell misses a problem: one column of counts serves them all
    blocks = []
    for weights in bootstrap_weights(len(totals), seed=seed, resamples=resamples):
        counted, sums = weights @ sizes, weights @ totals
        # A resample without one problem of a cell says nothing about it: it stays at the mean.
        if not counted.all():
            sums = np.where(counted > 0, sums, everywhere)
            counted = np.where(counted > 0, counted, 1.0)
        blocks.append(sums / counted)
    return np.concatenate(blocks)


def _blocks(resamples: int, clusters: int) -> Iterator[int]:
    step = max(1, _CHUNK // max(1, clusters))
    for start in range(0, resamples, step):
        yield min(step, resamples - start)
