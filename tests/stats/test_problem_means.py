"""Means over problems of what was measured at positions."""

import numpy as np
import pytest

from ssdmath.stats import problem_means


def test_mean_is_over_problems_and_not_over_positions():
    totals, counts = np.array([[10.0], [0.0], [3.0]]), np.array([10.0, 10.0, 1.0])
    problems, clusters = np.array([0, 0, 1]), np.array([0, 1])
    found = problem_means.estimate(totals, counts, problems, clusters, seed=0, resamples=100)
    assert found.mean[0] == pytest.approx((0.5 + 3.0) / 2)
    assert (found.positions, found.problems) == (21, 2)


def test_nothing_and_a_single_problem_have_no_interval():
    none = problem_means.estimate(
        np.zeros((0, 2)), np.zeros(0), np.zeros(0, int), np.zeros(0, int), seed=0, resamples=100
    )
    assert none.row(0) == (None, None, None)
    assert none.problems == 0
    one = problem_means.estimate(
        np.ones((1, 1)), np.ones(1), np.zeros(1, int), np.zeros(1, int), seed=0, resamples=100
    )
    assert one.row(0) == (1.0, None, None)
