"""Means over problems of what was measured at positions."""

import numpy as np
import pytest
from scipy import stats

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


def test_a_mean_over_runs_has_a_wider_interval_than_that_of_its_checkpoints():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(100, 1)) + rng.normal(0, 1, size=3) + rng.normal(size=(100, 3))
    clusters = np.arange(100)
    mean, lo, hi = problem_means.over_runs(values, clusters)
    fixed = problem_means.over_runs(values.mean(axis=1, keepdims=True), clusters)
    assert mean == pytest.approx(values.mean())
    assert (lo + hi) / 2 == pytest.approx(mean)
    assert hi - lo > 3 * (fixed[2] - fixed[1])


def test_the_interval_of_one_run_is_students_over_problems():
    values = np.random.default_rng(1).normal(size=(50, 1))
    _, lo, hi = problem_means.over_runs(values, np.arange(50))
    expected = stats.t.interval(0.95, 49, values.mean(), stats.sem(values[:, 0]))
    assert (lo, hi) == pytest.approx(expected)
