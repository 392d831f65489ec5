"""The exact distribution behind the sign-flip test, for levels that no resampling reaches.

Under the null each cluster's summed difference has either sign with probability 1/2, so the sum's
characteristic function is the product of cos(v theta) over the clusters' sums v. In whole numbers
its values on a grid give every probability by one Fourier transform.
"""

import math

import numpy as np

from ssdmath.stats.resampling import Floats, Ints, cluster_sums

SMALLEST = 1e-15  # below this the transform's rounding errors are as large as p


def smallest_p(clusters: int) -> float:
    """The smallest p that so many clusters can have; never below `SMALLEST`."""
    return max(SMALLEST, 0.5**clusters)


def exact_p(sums: Ints) -> float:
    """Two-sided mid-p of "no difference" from the clusters' sums in whole numbers, ties half.

    It is what `paired.sign_flip_p` estimates with resamples; never below `smallest_p`.
    """
    sizes, counts = np.unique(np.abs(sums[sums != 0]), return_counts=True)
    if not len(sizes):
        return 1.0
    unit = int(np.gcd.reduce(sizes))
    sizes, observed = sizes // unit, abs(int(sums.sum())) // unit
    largest = int(sizes @ counts)
    length = 2 ** math.ceil(math.log2(2 * largest + 1))
    angles = np.arange(length // 2 + 1) * (2 * np.pi / length)
    transform = np.ones(len(angles))
    for size, count in zip(sizes, counts, strict=True):
        transform *= np.cos(size * angles) ** count
    likely = np.fft.irfft(transform, length)[: largest + 1]  # of the sums 0, 1, ...
    tie = likely[observed] if observed else likely[0] / 2  # half of two sums, or of one
    beyond = float(2 * likely[observed + 1 :].sum() + tie)
    return min(1.0, max(beyond, smallest_p(int(counts.sum()))))


def whole_sums(a: tuple[Ints, Ints], b: tuple[Ints, Ints], clusters: Ints) -> Ints:
    """Each cluster's sum of a's rate minus b's, in the largest unit that makes all of them whole.

    `a` and `b` are a model's right answers and its draws, by problem.
    """
    unit = int(np.lcm.reduce(np.concatenate([a[1], b[1]])))
    values: Floats = (a[0] * (unit // a[1]) - b[0] * (unit // b[1])).astype(np.float64)
    return np.rint(cluster_sums(values[:, None], clusters)[:, 0]).astype(np.int64)
