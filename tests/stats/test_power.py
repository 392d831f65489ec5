import math

import pytest

from ssdmath.stats import power


def test_the_factor_for_80_percent_power_is_the_textbook_2_8():
    assert power.factor() == pytest.approx(1.959964 + 0.841621, abs=1e-6)


def test_few_degrees_of_freedom_make_effects_harder_to_detect():
    assert power.detectable(0.01, 2.0) > power.detectable(0.01, 50.0) > power.detectable(0.01)
    assert power.detectable(0.01, math.inf) == pytest.approx(0.028016, abs=1e-6)
