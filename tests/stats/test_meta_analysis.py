"""Pooling over studies, against published values and against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from ssdmath.stats.meta_analysis import FIXED, RANDOM, pooled, tau_squared

# Thirteen trials of the BCG vaccine: tuberculosis, and none, of vaccinated and of controls (Colditz
# et al. 1994, JAMA 271:698; dat.bcg of the R package metadat).
VACCINATED = (
    (4, 119), (6, 300), (3, 228), (62, 13536), (33, 5036), (180, 1361), (8, 2537),
    (505, 87886), (29, 7470), (17, 1699), (186, 50448), (5, 2493), (27, 16886),
)  # fmt: skip
CONTROLS = (
    (11, 128), (29, 274), (11, 209), (248, 12619), (47, 5761), (372, 1079), (10, 619),
    (499, 87892), (45, 7232), (65, 1600), (141, 27197), (3, 2338), (29, 17825),
)  # fmt: skip


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    (a, b), (c, d) = np.array(VACCINATED).T, np.array(CONTROLS).T
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    return y, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_the_bcg_trials_give_the_published_values():
    """Q and the weighted mean: Viechtbauer 2010, J. Stat. Softw. 36(3), section 5.

    tau^2 = .318 is where Q equals its expectation, 12 (Paule and Mandel).
    """
    y, se = log_risk_ratios()
    found = pooled(y, se)
    assert (found.method, found.studies) == (RANDOM, 13)
    assert found.q == pytest.approx(152.2330, abs=1e-4)
    assert found.i2 == pytest.approx(0.9212, abs=1e-4)
    assert tau_squared(y, se) == pytest.approx(0.3181, abs=1e-4)
    weights = 1 / se**2
    assert (weights * y).sum() / weights.sum() == pytest.approx(-0.4303, abs=1e-4)


def test_random_effects_agree_with_statsmodels():
    y, se = log_risk_ratios()
    other = combine_effects(y, se**2, method_re="iterated")
    found = pooled(y, se)
    assert found.tau**2 == pytest.approx(other.tau2, rel=1e-6)
    assert found.estimate == pytest.approx(other.mean_effect_re, rel=1e-9)
    assert found.se == pytest.approx(other.sd_eff_w_re_hksj, rel=1e-6)
    assert (found.lo, found.hi) == pytest.approx((-1.10909838, -0.32083793), abs=1e-6)


def test_two_studies_are_pooled_as_a_fixed_effect():
    y, se = log_risk_ratios()
    found = pooled(y[:2], se[:2])
    other = combine_effects(y[:2], se[:2] ** 2)
    assert (found.method, found.tau, found.next_lo) == (FIXED, None, None)
    assert found.estimate == pytest.approx(other.mean_effect_fe, rel=1e-12)
    assert found.se == pytest.approx(other.sd_eff_w_fe, rel=1e-12)
    assert found.hi - found.lo == pytest.approx(2 * 1.959964 * found.se, rel=1e-6)


def test_studies_that_agree_give_no_shorter_interval_than_their_standard_errors_allow():
    found = pooled([0.01, 0.0100001, 0.0099999], [0.02, 0.02, 0.02])
    assert found.tau == 0
    assert found.se == pytest.approx(0.02 / 3**0.5)
    assert found.hi - found.estimate == pytest.approx(4.302653 * found.se, rel=1e-6)
    assert found.p_q > 0.99


def test_a_further_study_is_less_certain_than_the_mean():
    y, se = log_risk_ratios()
    found = pooled(y, se)
    assert found.next_lo < found.lo < found.hi < found.next_hi


@pytest.mark.parametrize("seed", [1, 2])
def test_the_interval_covers_the_mean_in_about_95_of_100_cases(seed: int):
    """Twelve studies, whose true effects vary about as much as sampling does."""
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(1000):
        se = rng.uniform(0.5, 1.5, 12)
        found = pooled(rng.normal(0, 1, 12) + se * rng.normal(0, 1, 12), se)
        hits += found.lo <= 0 <= found.hi
    assert 0.93 <= hits / 1000 <= 0.98


@pytest.mark.parametrize(("y", "se"), [([0.1], [0.1]), ([0.1, 0.2], [0.1, 0.0])])
def test_too_little_to_pool_is_refused(y: list[float], se: list[float]):
    with pytest.raises(ValueError, match="allowed: "):
        pooled(y, se)
