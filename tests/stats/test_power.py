import math

import pytest

from ssdmath.stats import power

VARIANCES = {"w2": 0.02, "v_a": 0.12, "k_a": 4, "v_b": 0.13, "k_b": 8}


def test_the_factor_is_the_textbook_2_8():
    assert power.factor() == pytest.approx(1.959964 + 0.841621, abs=1e-6)


def test_half_the_effect_needs_four_times_the_problems():
    whole = power.minimum_detectable_effect(100, **VARIANCES)
    assert power.minimum_detectable_effect(400, **VARIANCES) == pytest.approx(whole / 2)


def test_few_degrees_of_freedom_make_effects_harder_to_detect():
    assert power.detectable(0.01, 2.0) > power.detectable(0.01, 50.0) > power.detectable(0.01)
    assert power.detectable(0.01, math.inf) == pytest.approx(0.028016, abs=1e-6)
