"""The closed form of the micro world against hand calculation and against sampling."""

from random import Random

import pytest

from ssdmath.config.decoding import Decoding
from ssdmath.micro.closed_form import (
    PLAIN,
    RIGHT_ROUTES,
    Locks,
    Machine,
    best,
    every_decoding,
    machine,
    predicted,
    reshape,
    temperatures,
)
from ssdmath.micro.family import STRATA
from ssdmath.micro.problems import FAMILIES, items
from ssdmath.micro.traces import Composition, build
from ssdmath.micro.worlds import SSD, WORLDS

UNCHECKED = Composition(short_check=0.0, long_check=0.0, second_thoughts=0.0)


def test_a_temperature_of_one_without_truncation_changes_nothing():
    assert reshape((0.6, 0.4), PLAIN) == pytest.approx((0.6, 0.4))


def test_a_half_temperature_squares_the_odds():
    assert reshape((0.8, 0.2), heated(0.5)) == pytest.approx((16 / 17, 1 / 17))


def nucleus(top_p: float, temperature: float = 1.0) -> Decoding:
    return Decoding(temperature=temperature, top_p=top_p)


def heated(temperature: float) -> Decoding:
    return Decoding(temperature=temperature)


def test_a_nucleus_keeps_the_smallest_prefix_that_reaches_it():
    assert reshape((0.5, 0.3, 0.2), nucleus(0.8)) == pytest.approx((0.625, 0.375, 0.0))
    assert reshape((0.5, 0.3, 0.2), nucleus(0.81)) == pytest.approx((0.5, 0.3, 0.2))
    assert reshape((0.9, 0.1), nucleus(0.01)) == pytest.approx((1.0, 0.0))


def test_success_multiplies_fork_locks_and_turn():
    found = Machine(
        fork=(0.5, 0.5),
        digit=(0.1, 0.9),
        comma=(0.2, 0.8),
        turn=(0.1, 0.1, 0.2, 0.6),
        locks=Locks(2, 1),
    )
    assert found.success() == pytest.approx(0.5 * 0.81 * 0.8 * 0.6 / 0.8)


def test_every_distribution_of_a_machine_sums_to_one():
    for stratum in STRATA:
        made = machine(stratum, Composition(), locks=Locks(10))
        for distribution in (made.fork, made.digit, made.comma, made.turn):
            assert sum(distribution) == pytest.approx(1)


def test_the_number_of_right_routes_is_that_of_the_families():
    for family in FAMILIES:
        assert all(len(family.level(s).right) == RIGHT_ROUTES[s] for s in STRATA)


def test_the_naive_student_is_the_base():
    locks = dict.fromkeys(STRATA, Locks(20))
    base = predicted(Composition(), locks=locks, evaluation=heated(0.7))
    naive = predicted(Composition(), locks=locks, evaluation=heated(0.7), synthesis=PLAIN)
    assert naive == pytest.approx(base)


def test_temperatures_multiply_without_truncation():
    locks = dict.fromkeys(STRATA, Locks(20))
    student = predicted(
        Composition(),
        locks=locks,
        evaluation=heated(0.5),
        synthesis=heated(1.4),
    )
    base = predicted(Composition(), locks=locks, evaluation=heated(0.7))
    assert student == pytest.approx(base)


def test_theory_predicts_a_gain_that_the_study_can_detect():
    locks = {"easy": Locks(15), "medium": Locks(23.5), "hard": Locks(25)}
    grid = temperatures((0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5))
    base = best(Composition(), locks=locks, synthesis=None, grid=grid)
    student = best(Composition(), locks=locks, synthesis=nucleus(0.9), grid=grid)
    assert student.success - base.success > 0.1


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
    mean = {stratum: Locks(sum(counts) / len(counts)) for stratum, counts in locks.items()}
    expected = predicted(UNCHECKED, locks=mean, evaluation=PLAIN)
    for stratum in STRATA:
        correct = [t.correct for s, t in drawn if s == stratum]
        # Some slips are harmless (a name, a quotient) and lengths vary: a few points of slack.
        assert sum(correct) / len(correct) == pytest.approx(expected[stratum], abs=0.07)


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize("target", ["t1-p0.85", "t1.5-p0.8", "t0.8-m0.1", "t1-k3"])
@pytest.mark.parametrize("own", ["t0.7", "t2", "t1.5-m0.2", "t3-p0.9"])
def test_a_composed_decoding_of_base_is_the_exact_student(world, target, own):
    base = machine("hard", world, locks=Locks(20, 4))
    student = base.reshaped(Decoding.parse(target)).reshaped(Decoding.parse(own))
    composed = base.reshaped(Decoding.parse(f"{own}-of-{target}"))
    for which in ("fork", "digit", "comma", "turn"):
        assert getattr(composed, which) == pytest.approx(getattr(student, which), abs=1e-12)


SYNTHESES = ("t1-p0.75", "t1.3-p0.68", "t1-p0.85", "t1-p0.9", "t1.3-p0.8")


def leads(world: Composition, commas: float) -> tuple[float, float]:
    """Lead of the best student over base at its best temperature, and over base truncated too."""
    digits = {"easy": 14.0, "medium": 22.0, "hard": 24.0}
    locks = {stratum: Locks(digits[stratum], commas) for stratum in STRATA}
    student = max(
        best(world, locks=locks, synthesis=Decoding.parse(t), grid=temperatures()).success
        for t in SYNTHESES
    )
    base = [best(world, locks=locks, grid=grid) for grid in (temperatures(), every_decoding())]
    return student - base[0].success, student - base[1].success


def test_in_the_world_for_ssd_the_student_beats_every_decoding_of_base_by_ten_points():
    over_temperature, over_truncation = leads(SSD, commas=3.2)
    assert over_temperature > over_truncation > 0.1


def test_in_the_world_for_decoding_truncation_gives_base_most_of_what_ssd_gains():
    over_temperature, over_truncation = leads(WORLDS["decoding"], commas=0)
    assert over_temperature > 0.1 > over_truncation
    assert over_truncation < over_temperature / 2
