import calibration_runs
import calibration_studies as calibration
import calibration_world as simulation
import numpy as np
import pytest

QUICK = {"studies": 600, "resamples": 4000, "seed": 0}


def test_the_planted_effect_is_the_stated_one():
    rng = np.random.default_rng(0)
    rates, moves = simulation.World().population(rng)
    shift = simulation.shift_for(rates, moves, n=300, k=4, effect=1.0)
    a = simulation.treated(rates, moves, shift)
    stated = simulation.detectable(a, rates, n=300, k=4)
    assert (a - rates).mean() == pytest.approx(stated, abs=1e-6)


def test_a_null_world_has_no_mean_difference():
    rng = np.random.default_rng(0)
    rates, moves = simulation.World().population(rng)
    shift = simulation.shift_for(rates, moves, n=300, k=4, effect=0.0)
    assert simulation.treated(rates, moves, shift).mean() == pytest.approx(rates.mean(), abs=1e-9)


@pytest.mark.parametrize(("n", "k"), [(100, 1), (100, 4)])
def test_intervals_tests_and_power_hold_within_the_error_of_600_studies(n, k):
    row = calibration.grid(n, k, **QUICK)
    for covered in ("mean covers", "null covers", "effect covers"):
        assert 0.92 < row[covered] < 0.98
    assert 0.02 < row["null found"] < 0.08
    assert 0.75 < row["effect found"] < 0.85


def test_holm_keeps_a_family_of_ten_near_its_level():
    row = calibration.family(100, 4, **QUICK)
    assert row["any of 10, Holm"] < 0.075
    assert row["any of 10, uncorrected"] > 0.2


def test_families_taken_for_single_problems_overstate_what_is_known():
    row = calibration.families(300, 5, 4, **QUICK)
    assert row["families ignored"] < 0.85
    assert 0.92 < row["families as clusters"] < 0.98


def test_pooled_intervals_over_runs_cover_and_are_narrower_than_unpooled_ones():
    design = calibration_runs.Design(runs=2, sd=0.03)
    rows = {row["contrast"]: row for row in calibration_runs.runs(design, studies=400, seed=0)}
    for row in rows.values():
        assert 0.92 < row["pooled"] < 0.98
        assert row["runs as fixed"] < 0.85
    arm, base = rows[calibration_runs.ARM], rows[calibration_runs.BASE]
    assert arm["pooled width"] < 0.7 * arm["at equal coverage"]
    assert base["pooled width"] < 0.9 * base["at equal coverage"]


def test_runs_of_one_synthesis_sample_miss_the_recipe():
    design = calibration_runs.Design(runs=4, sd=0.03, shared=True)
    row = calibration_runs.runs(design, studies=200, seed=0)[0]
    assert row["pooled"] < 0.85
