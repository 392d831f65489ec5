"""Filters for length: the shortest or longest samples dropped, or lengths made those of base.

An arm whose samples differ from base's in length changes two things at once, what it is taught and
how long its answers are. These filters hold the second fixed or move it on purpose, in both
directions (docs/method.md, section 3).
"""

from typing import Any

import numpy as np
import polars as pl

from ssdmath.stats.resampling import Ints

GROUPS = 20  # of equal size, by length; within a group lengths are taken as they come
SMALLEST = 5  # samples of a group; smaller ones would follow the accidents of two small samples
_ORDER = ["length", "problem", "index"]


def without(
    samples: pl.DataFrame, shortest: float, longest: float
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The samples without shares of the shortest and the longest, and how many each drops.

    Both shares are of all `samples`, rounded down. Ties go by problem and index, so that of the
    completions that were cut off (all as long as the cap) some of each kind are dropped.
    """
    first, last = int(shortest * samples.height), int(longest * samples.height)
    kept = _by_length(samples).slice(first, samples.height - first - last).drop("length")
    numbers = {"shortest": first, "longest": last}
    return kept, {name: number for name, number in numbers.items() if number}


def matched(samples: pl.DataFrame, reference: Ints) -> tuple[pl.DataFrame, dict[str, Any]]:
    """As many samples, some left out and some repeated, whose lengths are spread as `reference`.

    `reference` are the lengths (tokens) of base's completions. The samples are divided into up to
    GROUPS groups of equal size by length, of SMALLEST samples or more; each group gets as many
    rows as its share of `reference`, evenly spread over its samples. No random number is used. The
    second value has the number of distinct samples, and the largest distance between the two
    distribution functions of length (Kolmogorov and Smirnov) before and after: where the samples
    hold no completion as short as base's, no resampling can make up for it, and the distance says
    so.
    """
    ordered = _by_length(samples)
    lengths = ordered["length"].to_numpy()
    starts = _starts(lengths)
    sizes = np.diff([*starts, len(lengths)])
    group = np.searchsorted(lengths[starts], reference, side="right") - 1
    shares = np.bincount(np.maximum(group, 0), minlength=len(starts)) / len(reference)
    rows = np.concatenate(
        [
            start + ((np.arange(number) + 0.5) * size / number).astype(int)
            for start, size, number in zip(starts, sizes, _whole(shares, len(lengths)), strict=True)
            if number
        ]
    )
    measured = {
        "distinct": len(set(rows.tolist())),
        "distance_before": distance(lengths, reference),
        "distance_after": distance(lengths[rows], reference),
    }
    return ordered[rows.tolist()].drop("length").sort("problem", "index"), measured


def distance(a: Ints, b: Ints) -> float:
    """Largest difference of the distribution functions of two samples, between 0 and 1."""
    at = np.union1d(a, b)
    below = [np.searchsorted(np.sort(one), at, side="right") / len(one) for one in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def lengths_of(samples: pl.DataFrame) -> Ints:
    """The lengths of completions, in tokens."""
    return samples["token_ids"].list.len().to_numpy().astype(np.int64)


def _by_length(samples: pl.DataFrame) -> pl.DataFrame:
    return samples.with_columns(length=pl.col("token_ids").list.len()).sort(_ORDER)


def _starts(lengths: Ints) -> Ints:
    """The first row of each group in sorted `lengths`; equal lengths are in one group."""
    groups = max(1, min(GROUPS, len(lengths) // SMALLEST))
    edges = [at * len(lengths) // groups for at in range(groups)]
    return np.unique(np.searchsorted(lengths, lengths[edges], side="left"))


def _whole(shares: np.ndarray, total: int) -> list[int]:
    """Divide `total` by shares into whole numbers, the largest remainders rounded up."""
    exact = shares * total
    whole = np.floor(exact).astype(int)
    first = np.argsort(whole - exact, kind="stable")[: total - whole.sum()]
    whole[first] += 1
    return [int(number) for number in whole]
