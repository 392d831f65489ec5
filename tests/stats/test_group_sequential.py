"""Boundaries against published tables, and error and intervals of looks by simulation."""

import numpy as np
import pytest

from ssdmath.stats import group_sequential as sequential

THREE = (0.25, 0.5, 1.0)


def equal(looks: int) -> tuple[float, ...]:
    return tuple((look + 1) / looks for look in range(looks))


@pytest.mark.parametrize(
    ("looks", "published"),
    [
        # Two-sided 5 %, spending function of O'Brien and Fleming's shape, equally spaced looks: as
        # Reboussin, DeMets, Kim, Lan (2000) and every program after it print them.
        (2, [2.9626, 1.9686]),
        (3, [3.7103, 2.5114, 1.9930]),
        (4, [4.3326, 2.9631, 2.3590, 2.0141]),
        (5, [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
    ],
)
def test_boundaries_are_the_published_ones(looks: int, published: list[float]):
    assert sequential.boundaries(equal(looks)) == pytest.approx(published, abs=2e-4)


@pytest.mark.parametrize(
    ("looks", "published"),
    [(1, 0.05), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193), (20, 0.248)],
)
def test_looking_often_at_5_percent_errs_as_armitage_mcpherson_and_rowe_say(
    looks: int, published: float
):
    error = sum(sequential.crossings([1.959964] * looks, equal(looks)))
    assert error == pytest.approx(published, abs=6e-4)


@pytest.mark.parametrize(
    ("looks", "pocock", "o_brien_fleming"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (5, 2.413, 2.040), (10, 2.555, 2.087)],
)
def test_the_constants_of_jennison_and_turnbull_err_by_5_percent(
    looks: int, pocock: float, o_brien_fleming: float
):
    fractions = equal(looks)
    assert sum(sequential.crossings([pocock] * looks, fractions)) == pytest.approx(0.05, abs=1e-4)
    falling = [o_brien_fleming / np.sqrt(fraction) for fraction in fractions]
    assert sum(sequential.crossings(falling, fractions)) == pytest.approx(0.05, abs=1e-4)


def test_one_look_is_the_test_without_looks():
    assert sequential.boundaries((1.0,)) == pytest.approx([1.959964], abs=1e-6)
    assert sequential.repeated_p(0.031, 0, (1.0,)) == pytest.approx(0.031, abs=1e-9)


@pytest.mark.parametrize("fractions", [THREE, (0.05, 0.1, 0.9, 0.99, 0.991, 1.0)])
def test_the_error_spent_by_each_look_is_the_declared_one(fractions: tuple[float, ...]):
    bounds = sequential.boundaries(fractions)
    made = np.cumsum(sequential.crossings(bounds, fractions))
    declared = [sequential.spent(fraction) for fraction in fractions]
    assert made == pytest.approx(declared, abs=1e-9)
    assert declared[-1] == pytest.approx(0.05, abs=1e-12)


def paths(fractions: tuple[float, ...], drift: float, studies: int = 200_000) -> np.ndarray:
    steps = np.diff([0.0, *fractions])
    rng = np.random.default_rng(4)
    moved = drift * steps + rng.standard_normal((studies, len(steps))) * np.sqrt(steps)
    return moved.cumsum(axis=1) / np.sqrt(fractions)


@pytest.mark.parametrize("drift", [0.0, 2.5])
def test_simulated_studies_stop_as_often_as_the_recursion_says(drift: float):
    bounds = sequential.boundaries(THREE)
    beyond = np.abs(paths(THREE, drift)) >= np.array(bounds)
    first = [(beyond[:, at] & ~beyond[:, :at].any(axis=1)).mean() for at in range(len(THREE))]
    assert sequential.crossings(bounds, THREE, drift) == pytest.approx(first, abs=0.004)


def test_the_fraction_of_problems_is_conservative_where_runs_differ():
    bounds = sequential.boundaries(THREE)
    for between in (0.1, 0.5, 2.0, 10.0):  # variance of the runs' part, of problems' at the end
        information = [(1 + between) / (1 / fraction + between) for fraction in THREE]
        assert sum(sequential.crossings(bounds, information)) < 0.05


def test_intervals_hold_at_all_looks_together():
    bounds = sequential.boundaries(THREE)
    drift = 1.7
    scores = paths(THREE, drift)
    true = drift * np.sqrt(THREE)
    held = (np.abs(scores - true) < np.array(bounds)).all(axis=1).mean()
    assert held == pytest.approx(0.95, abs=0.002)


def test_a_look_decides_where_its_repeated_p_is_below_5_percent():
    for look, bound in enumerate(sequential.boundaries(THREE)):
        level = sequential.nominal(bound)
        assert sequential.repeated_p(level, look, THREE) == pytest.approx(0.05, abs=1e-6)
        assert sequential.repeated_p(0.9 * level, look, THREE) < 0.05
        assert sequential.repeated_p(1.1 * level, look, THREE) > 0.05
    found = [sequential.repeated_p(p, 1, THREE) for p in (1e-6, 1e-4, 0.01, 0.3, 0.9)]
    assert found == sorted(found)
    assert sequential.repeated_p(1.0, 1, THREE) == 1.0


def test_an_interval_is_widened_to_the_level_of_its_look():
    first, *_, last = sequential.boundaries(THREE)
    assert sequential.widening(first, float("inf")) == pytest.approx(first / 1.959964, abs=1e-6)
    assert sequential.widening(last, float("inf")) == pytest.approx(1.0044, abs=1e-3)
    assert sequential.widening(first, 6.0) > sequential.widening(first, 60.0) > first / 1.959964
