import math

import numpy as np
import pytest

from ssdmath.stats import power

VARIANCES = {"w2": 0.02, "v_a": 0.12, "k_a": 4, "v_b": 0.13, "k_b": 8}


def test_the_factor_is_the_textbook_2_8():
    assert power.factor() == pytest.approx(1.959964 + 0.841621, abs=1e-6)


def test_half_the_effect_needs_four_times_the_problems():
    whole = power.minimum_detectable_effect(100, **VARIANCES)
    assert power.minimum_detectable_effect(400, **VARIANCES) == pytest.approx(whole / 2)


def test_components_find_the_variances_of_a_pilot():
    rng = np.random.default_rng(0)
    b = rng.beta(2, 2, size=400_000)
    a = np.clip(b + rng.normal(0, 0.1, size=b.shape), 0, 1)
    found = power.components(rng.binomial(4, a) / 4, 4, rng.binomial(8, b) / 8, 8)
    assert found.w2 == pytest.approx((a - b).var(), rel=0.05)
    assert found.v_a == pytest.approx((a * (1 - a)).mean(), rel=0.01)
    assert found.v_b == pytest.approx((b * (1 - b)).mean(), rel=0.01)


def test_a_pilot_of_one_draw_is_refused():
    with pytest.raises(ValueError, match="2 draws"):
        power.components(np.array([0.0, 1.0]), 1, np.array([0.0, 1.0]), 4)


def test_few_degrees_of_freedom_make_effects_harder_to_detect():
    assert power.detectable(0.01, 2.0) > power.detectable(0.01, 50.0) > power.detectable(0.01)
    assert power.detectable(0.01, math.inf) == pytest.approx(0.028016, abs=1e-6)
