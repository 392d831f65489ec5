"""The closed form of the micro world against hand calculation and against sampling."""

from random import Random

import pytest

from ssdmath.micro.closed_form import (
    RIGHT_ROUTES,
    Machine,
    Sampling,
    best,
    machine,
    predicted,
    reshape,
)
from ssdmath.micro.family import STRATA
from ssdmath.micro.problems import FAMILIES, items
from ssdmath.micro.traces import Composition, build

UNCHECKED = Composition(short_check=0.0, long_check=0.0, second_thoughts=0.0)


def test_a_temperature_of_one_without_truncation_changes_nothing():
    assert reshape((0.6, 0.4), Sampling()) == pytest.approx((0.6, 0.4))


def test_a_half_temperature_squares_the_odds():
    assert reshape((0.8, 0.2), Sampling(0.5)) == pytest.approx((16 / 17, 1 / 17))


def test_a_nucleus_keeps_the_smallest_prefix_that_reaches_it():
    assert reshape((0.5, 0.3, 0.2), Sampling(1.0, 0.8)) == pytest.approx((0.625, 0.375, 0.0))
    assert reshape((0.5, 0.3, 0.2), Sampling(1.0, 0.81)) == pytest.approx((0.5, 0.3, 0.2))
    assert reshape((0.9, 0.1), Sampling(1.0, 0.01)) == pytest.approx((1.0, 0.0))


def test_success_multiplies_fork_locks_and_turn():
    found = Machine(fork=(0.5, 0.5), lock=(0.1, 0.9), turn=(0.1, 0.1, 0.2, 0.6), locks=2)
    assert found.success() == pytest.approx(0.5 * 0.81 * 0.6 / 0.8)


def test_every_distribution_of_a_machine_sums_to_one():
    for stratum in STRATA:
        made = machine(stratum, Composition(), locks=10)
        for distribution in (made.fork, made.lock, made.turn):
            assert sum(distribution) == pytest.approx(1)


def test_the_number_of_right_routes_is_that_of_the_families():
    for family in FAMILIES:
        assert all(len(family.level(s).right) == RIGHT_ROUTES[s] for s in STRATA)


def test_the_naive_student_is_the_base():
    locks = dict.fromkeys(STRATA, 20.0)
    base = predicted(Composition(), locks=locks, evaluation=Sampling(0.7))
    naive = predicted(Composition(), locks=locks, evaluation=Sampling(0.7), synthesis=Sampling())
    assert naive == pytest.approx(base)


def test_temperatures_multiply_without_truncation():
    locks = dict.fromkeys(STRATA, 20.0)
    student = predicted(
        Composition(), locks=locks, evaluation=Sampling(0.5), synthesis=Sampling(1.4)
    )
    base = predicted(Composition(), locks=locks, evaluation=Sampling(0.7))
    assert student == pytest.approx(base)


def test_theory_predicts_a_gain_that_the_study_can_detect():
    locks = {"easy": 15.0, "medium": 23.5, "hard": 25.0}
    grid = (0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5)
    base = best(Composition(), locks=locks, synthesis=None, grid=grid)
    student = best(Composition(), locks=locks, synthesis=Sampling(1.0, 0.9), grid=grid)
    assert student["success"] - base["success"] > 0.1


def test_traces_without_checks_succeed_as_often_as_the_closed_form_says():
    rng = Random(0)
    drawn = [
        (item.stratum, build(item, composition=UNCHECKED, rng=rng))
        for item in items(split="pretrain", n=6000, seed=0)
    ]
    locks = {
        stratum: [
            sum(x.kind == "lock" for x in t.spans) for s, t in drawn if s == stratum and t.stopped
        ]
        for stratum in STRATA
    }
    mean = {stratum: sum(counts) / len(counts) for stratum, counts in locks.items()}
    expected = predicted(UNCHECKED, locks=mean, evaluation=Sampling())
    for stratum in STRATA:
        correct = [t.correct for s, t in drawn if s == stratum]
        # Some slips are harmless (a name, a quotient) and lengths vary: a few points of slack.
        assert sum(correct) / len(correct) == pytest.approx(expected[stratum], abs=0.07)
