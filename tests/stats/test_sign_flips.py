"""The exact sign-flip test against every sign, against resamples, and in its far tail."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from ssdmath.stats.paired import sign_flip_p
from ssdmath.stats.sign_flips import SMALLEST, exact_p, whole_sums


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_p_is_that_of_enumerating_every_sign(seed: int):
    rng = np.random.default_rng(seed)
    sums = rng.integers(-4, 6, size=10) * (1 + seed % 3)
    totals = np.array([np.dot(s, sums) for s in itertools.product((-1, 1), repeat=len(sums))])
    observed = abs(sums.sum())
    every = (abs(totals) > observed).mean() + 0.5 * (abs(totals) == observed).mean()
    assert exact_p(sums) == pytest.approx(every, abs=1e-12)


def test_the_exact_p_is_what_resamples_estimate_where_it_is_not_tiny():
    sums = np.random.default_rng(1).integers(-2, 4, size=300)
    (estimated,) = sign_flip_p(
        sums[:, None].astype(float), np.arange(300), seed=0, resamples=20_000
    )
    small = sums - 1  # no longer far from 0
    (large,) = sign_flip_p(small[:, None].astype(float), np.arange(300), seed=0, resamples=20_000)
    assert exact_p(sums) < 1e-6 < estimated
    assert exact_p(small) == pytest.approx(large, abs=0.012)


def test_the_exact_p_in_the_far_tail_is_that_of_mcnemars_test():
    sums = np.array([1] * 160 + [-1] * 60)
    tail = 2 * (binom.sf(160, 220, 0.5) + 0.5 * binom.pmf(160, 220, 0.5))
    assert exact_p(sums) == pytest.approx(tail, rel=1e-3)


def test_without_a_difference_p_is_1_and_it_is_never_0():
    assert exact_p(np.zeros(9, dtype=np.int64)) == 1.0
    assert exact_p(np.full(40, 3)) == pytest.approx(2.0**-40)
    assert exact_p(np.full(60, 3)) == SMALLEST


def test_rates_of_different_numbers_of_draws_become_whole_sums():
    a, b = (np.array([1, 2, 0]), np.array([2, 4, 4])), (np.array([0, 1, 3]), np.array([1, 3, 4]))
    clusters = np.array([0, 0, 1])
    rates = a[0] / a[1] - b[0] / b[1]
    sums = whole_sums(a, b, clusters)
    assert sums / 12 == pytest.approx([rates[:2].sum(), rates[2]])
