"""Means over problems of what was measured at positions."""

import numpy as np
import polars as pl
import pytest

from ssdmath.stats.problem_means import Bootstrap, Estimates


def estimate(problems: list[str], totals: np.ndarray, counts: np.ndarray) -> Estimates:
    units = pl.DataFrame(
        {"problem": problems, "cluster": problems},
        schema=dict.fromkeys(("problem", "cluster"), pl.String),
    )
    return Bootstrap(units, seed=0, resamples=100).estimate(totals, counts)


def test_mean_is_over_problems_and_not_over_positions():
    totals, counts = np.array([[10.0], [0.0], [3.0]]), np.array([10.0, 10.0, 1.0])
    found = estimate(["a", "a", "b"], totals, counts)
    assert found.mean[0] == pytest.approx((0.5 + 3.0) / 2)
    assert (found.positions, found.problems) == (21, 2)


def test_nothing_and_a_single_problem_have_no_interval():
    none = estimate([], np.zeros((0, 2)), np.zeros(0))
    assert none.row(0) == (None, None, None)
    assert none.problems == 0
    one = estimate(["a"], np.ones((1, 1)), np.ones(1))
    assert one.row(0) == (1.0, None, None)
