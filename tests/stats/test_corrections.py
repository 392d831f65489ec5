import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from ssdmath.stats import corrections
from ssdmath.stats.intervals import clustered_se


@pytest.mark.parametrize("count", [1, 2, 10, 57])
def test_holm_and_benjamini_hochberg_equal_statsmodels(count):
    rng = np.random.default_rng(count)
    for p in (rng.random(count), rng.random(count) ** 4, np.round(rng.random(count), 1)):
        holm = multipletests(p, method="holm")[1]
        hochberg = multipletests(p, method="fdr_bh")[1]
        np.testing.assert_allclose(corrections.holm(p), holm, rtol=0, atol=1e-9)
        np.testing.assert_allclose(corrections.benjamini_hochberg(p), hochberg, rtol=0, atol=1e-9)


def _curve(seed, *, effect=0.0, n=150, points=6):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return effect + 0.3 * (common + rng.normal(size=(n, points)))


def test_max_t_of_one_point_is_its_own_sign_flip_p():
    d = _curve(0, effect=0.05, points=1)
    clusters = np.arange(len(d))
    p, critical = corrections.max_t(
        d, clustered_se(d, clusters), clusters, seed=0, resamples=20_000
    )
    assert critical == pytest.approx(1.97, abs=0.05)
    assert 0 < p[0] < 1


def test_max_t_band_is_wider_than_one_point_and_narrower_than_bonferroni():
    d = _curve(1)
    clusters = np.arange(len(d))
    _, critical = corrections.max_t(
        d, clustered_se(d, clusters), clusters, seed=0, resamples=10_000
    )
    assert 1.97 < critical < 2.68  # Student's quantiles at 5 % and at 5 % / 6


def test_max_t_rejects_a_flat_null_curve_in_one_of_twenty_studies():
    clusters = np.arange(150)
    alarms = 0
    for seed in range(400):
        d = _curve(seed)
        p, _ = corrections.max_t(d, clustered_se(d, clusters), clusters, seed=0, resamples=400)
        alarms += int(p.min() < 0.05)
    assert 0.02 < alarms / 400 < 0.085


def test_a_point_without_spread_neither_divides_by_zero_nor_alarms():
    d = _curve(2)
    d[:, 3] = 0
    clusters = np.arange(len(d))
    p, critical = corrections.max_t(d, clustered_se(d, clusters), clusters, seed=0, resamples=500)
    assert p[3] == 1.0
    assert np.isfinite(critical)
