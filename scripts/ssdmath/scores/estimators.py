"""Estimators from the draws of one problem: pass@k, pass^k, G-Pass@k, maj@k, variance parts."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from ssdmath.stats.resampling import Floats, Ints

SUBSETS = 500  # maj@k: all subsets up to this many, else this many at random
_CELLS = 8_000_000  # elements of the vote tensor held at once: 32 MB in float32


def pass_at_k(correct: int, drawn: int, k: int) -> float:
    """1 - C(K-c, k) / C(K, k): k draws hold a right one (Chen et al. 2021, 2.1)."""
    return 1 - math.comb(drawn - correct, k) / math.comb(drawn, k)


def pass_hat_k(correct: int, drawn: int, k: int) -> float:
    """C(c, k) / C(K, k): chance that k of the K draws are all right."""
    return math.comb(correct, k) / math.comb(drawn, k)


def g_pass_at_k(correct: int, drawn: int, k: int, tau: float) -> float:
    """Chance that at least tau * k of k draws are right (Liu et al. 2024, 2412.13147, eq. 4)."""
    required = max(1, math.ceil(tau * k - 1e-9))
    ways = [
        math.comb(correct, hits) * math.comb(drawn - correct, k - hits)
        for hits in range(required, min(correct, k) + 1)
    ]
    return sum(ways) / math.comb(drawn, k)


def tabulate(
    correct: Ints, drawn: Ints, k: int, estimator: Callable[[int, int, int], float]
) -> Floats:
    """An estimator of (c, K, k) over arrays of counts; NaN where fewer than k were drawn."""
    draws = int(drawn.max(initial=0))
    table = np.full((draws + 1, draws + 1), np.nan)
    for total in np.unique(drawn[drawn >= k]).tolist():
        table[total, : total + 1] = [estimator(right, total, k) for right in range(total + 1)]
    return np.asarray(table[drawn, correct])


def maj_at_k(classes: Ints, correct: Ints, k: int, *, seed: int) -> Floats:
    """Mean credit of a majority vote among k of the K draws (problems x draws): (problems,).

    `classes` numbers the answer class of each draw, -1 for no answer, which never wins. Ties share
    the credit. Exact over all subsets of k draws up to 500 of them, else over 500 at random.
    """
    problems, drawn = classes.shape
    masks = _subsets(drawn, k, seed).astype(np.float32)
    labels = _relabel(classes)
    width = max(1, int(labels.max(initial=-1)) + 1)
    onehot = (labels[:, :, None] == np.arange(width)).astype(np.float32)
    size = np.maximum(onehot.sum(axis=1), 1)
    right = (onehot * correct[:, :, None]).sum(axis=1) / size
    credit = np.empty(problems)
    step = max(1, _CELLS // (len(masks) * width))
    for start in range(0, problems, step):
        part = slice(start, start + step)
        votes = masks @ onehot[part]
        top = (votes == votes.max(axis=2, keepdims=True)) & (votes > 0)
        shared = (top * right[part, None, :]).sum(axis=2) / np.maximum(top.sum(axis=2), 1)
        credit[part] = shared.mean(axis=1, dtype=np.float64)
    return credit


def majority(votes: tuple[Ints, Ints], drawn: Ints, k: int, *, seed: int) -> Floats:
    """maj@k of each problem among its own draws (problems,); NaN where fewer than k were drawn.

    `votes` are answer classes and correctness of a cell, problems x draws (`outcomes.votes`).
    """
    classes, correct = votes
    values = np.full(len(drawn), np.nan)
    for total in np.unique(drawn[drawn >= k]).tolist():
        rows = drawn == total
        values[rows] = maj_at_k(classes[rows, :total], correct[rows, :total], k, seed=seed)
    return values


def majorities(
    votes: Iterable[tuple[Ints, Ints]], drawn: Ints, ks: Sequence[int], *, seed: int
) -> Floats:
    """maj@k of each cell at a k of its own (problems x cells); `votes` and `drawn` of all cells."""
    columns = zip(votes, drawn.T, ks, strict=True)
    return np.column_stack([majority(*of_cell, seed=seed) for of_cell in columns])


def within_share(rates: Floats, drawn: Ints) -> Floats:
    """Share of a single draw's variance that lies within problems, per cell (Miller 2024, 3.1).

    within = mean K/(K-1) s (1-s); between = Var(s) - within/K, at least 0. NaN where K = 1.
    """
    several = np.where((drawn > 1) & ~np.isnan(rates), rates, np.nan)
    count = (~np.isnan(several)).sum(axis=0)
    draws = np.maximum(drawn, 2)
    mean = np.nansum(several, axis=0) / np.maximum(count, 1)
    within = np.nansum(draws / (draws - 1) * several * (1 - several), axis=0) / np.maximum(count, 1)
    spread = np.nansum((several - mean) ** 2, axis=0) / np.maximum(count - 1, 1)
    noise = np.nansum(several * (1 - several) / (draws - 1), axis=0) / np.maximum(count, 1)
    between = np.maximum(spread - noise, 0)
    total = within + between
    return np.asarray(
        np.where((count > 1) & (total > 0), within / np.where(total, total, 1), np.nan)
    )


def _subsets(drawn: int, k: int, seed: int) -> np.ndarray:
    if math.comb(drawn, k) <= SUBSETS:
        chosen = np.array(list(combinations(range(drawn), k)))
    else:
        rng = np.random.default_rng([seed, drawn, k])
        chosen = np.argsort(rng.random((SUBSETS, drawn)), axis=1)[:, :k]
    masks = np.zeros((len(chosen), drawn), dtype=bool)
    np.put_along_axis(masks, chosen, values=True, axis=1)
    return masks


def _relabel(classes: Ints) -> Ints:
    """Number the classes 0, 1, ... within each row, so that the vote tensor stays narrow."""
    equal = classes[:, :, None] == classes[:, None, :]
    first = equal.argmax(axis=2)
    opens = (first == np.arange(classes.shape[1])) & (classes >= 0)
    number = np.cumsum(opens, axis=1) - 1
    return np.where(classes >= 0, np.take_along_axis(number, first, axis=1), -1)
