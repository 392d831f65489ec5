import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ssdmath.stats import intervals
from ssdmath.stats.resampling import bootstrap_means, bootstrap_weights, sign_flips


def _cells(n=120, cells=3, k=4, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.beta(0.8, 0.6, size=(n, 1))
    return rng.binomial(k, truth, size=(n, cells)) / k, np.full((n, cells), k)


def test_wilson_equals_statsmodels():
    rng = np.random.default_rng(0)
    n = rng.integers(1, 2000, size=200)
    right = rng.binomial(n, rng.random(200))
    lo, hi = intervals.wilson(right / n, n.astype(float))
    theirs = proportion_confint(right, n, alpha=0.05, method="wilson")
    np.testing.assert_allclose(lo, np.minimum(theirs[0], right / n), rtol=0, atol=1e-9)
    np.testing.assert_allclose(hi, np.maximum(theirs[1], right / n), rtol=0, atol=1e-9)


@pytest.mark.parametrize("families", [120, 25, 3])
def test_clustered_se_equals_statsmodels(families):
    rates, _ = _cells()
    rng = np.random.default_rng(families)
    clusters = np.unique(rng.integers(0, families, size=len(rates)), return_inverse=True)[1]
    for column in range(rates.shape[1]):
        fit = sm.OLS(rates[:, column], np.ones(len(rates))).fit(
            cov_type="cluster", cov_kwds={"groups": clusters}
        )
        found = intervals.clustered_se(rates, clusters)[column]
        assert found == pytest.approx(fit.bse[0], abs=1e-9)


def test_single_problems_as_clusters_give_the_plain_standard_error():
    rates, _ = _cells()
    found = intervals.clustered_se(rates, np.arange(len(rates)))
    np.testing.assert_allclose(found, stats.sem(rates, axis=0), rtol=0, atol=1e-12)


def test_copies_of_problems_in_one_cluster_add_no_certainty():
    rates, _ = _cells()
    once = intervals.clustered_se(rates, np.arange(len(rates)))
    thrice = intervals.clustered_se(np.repeat(rates, 3, axis=0), np.repeat(np.arange(120), 3))
    np.testing.assert_allclose(thrice, once, rtol=0, atol=1e-12)


def test_student_quantile_equals_scipy_stats():
    for df in (1.0, 3.7, 99.0):
        assert float(intervals.student(df)) == pytest.approx(stats.t.ppf(0.975, df), abs=1e-9)


def test_bootstrap_weights_draw_each_resample_as_many_clusters_as_there_are():
    for weights in bootstrap_weights(37, seed=0, resamples=100):
        assert (weights.sum(axis=1) == 37).all()


def test_sign_flips_are_signs_and_balanced():
    signs = np.concatenate(list(sign_flips(40, seed=0, resamples=5000)))
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.01


def test_bootstrap_means_have_the_mean_and_spread_of_the_estimate():
    rates, _ = _cells()
    means = bootstrap_means(rates, np.arange(120), seed=0, resamples=20_000)
    np.testing.assert_allclose(means.mean(axis=0), rates.mean(axis=0), atol=0.002)
    expected = rates.std(axis=0) / np.sqrt(120)
    np.testing.assert_allclose(means.std(axis=0), expected, rtol=0.03)


def test_a_cell_is_resampled_alike_alone_and_in_company():
    rates, _ = _cells()
    together = bootstrap_means(rates, np.arange(120), seed=0, resamples=500)
    alone = bootstrap_means(rates[:, [1]], np.arange(120), seed=0, resamples=500)
    np.testing.assert_allclose(together[:, 1], alone[:, 0], rtol=0, atol=1e-12)


def _method(rates, drawn, clusters=None):
    clusters = np.arange(len(rates)) if clusters is None else clusters
    return intervals.mean_intervals(rates, drawn, clusters, seed=0, resamples=2000)


def test_one_draw_of_unrelated_problems_takes_wilson():
    rates, drawn = _cells(k=1)
    found = _method(rates, drawn)
    assert found.methods == ["wilson"] * 3
    expected = proportion_confint(rates.sum(axis=0), 120, method="wilson")
    np.testing.assert_allclose(found.lo, expected[0], atol=1e-9)


def test_few_problems_take_the_bootstrap_and_many_take_t():
    assert _method(*_cells(n=299)).methods == ["cluster bootstrap"] * 3
    assert _method(*_cells(n=300)).methods == ["clustered t"] * 3


def test_one_draw_of_related_problems_does_not_take_wilson():
    rates, drawn = _cells(k=1)
    assert "wilson" not in _method(rates, drawn, np.arange(120) // 2).methods


def test_few_right_answers_take_wilson_on_the_effective_number():
    rng = np.random.default_rng(0)
    rates = rng.binomial(8, 0.03, size=(100, 1)) / 8
    found = _method(rates, np.full(rates.shape, 8))
    assert found.methods == ["wilson, effective n"]
    assert 0 < found.lo[0] < found.mean[0] < found.hi[0]


def test_a_cell_without_a_right_answer_still_has_an_interval():
    found = _method(np.zeros((50, 1)), np.full((50, 1), 4))
    assert found.lo[0] == 0
    assert 0.05 < found.hi[0] < 0.1


def test_missing_problems_count_neither_in_mean_nor_in_error():
    rates, drawn = _cells()
    holed = np.vstack([rates, np.full((10, 3), np.nan)])
    found = _method(holed, np.vstack([drawn, np.zeros((10, 3), int)]))
    np.testing.assert_allclose(found.mean, rates.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.se, stats.sem(rates, axis=0), atol=1e-12)


def test_intervals_stay_within_zero_and_one():
    rng = np.random.default_rng(6)
    for p in (0.001, 0.01, 0.5, 0.99, 0.999):
        for n in (5, 40, 400):
            rates = rng.binomial(4, p, size=(n, 5)) / 4
            found = _method(rates, np.full(rates.shape, 4))
            assert ((found.lo >= 0) & (found.hi <= 1) & (found.lo <= found.mean)).all()
            assert (found.mean <= found.hi).all()


@pytest.mark.parametrize("n", [20, 30, 250, 400])
def test_equal_rates_have_no_spread_whatever_their_mean_is_rounded_to(n):
    rates, drawn = np.full((n, 1), 1 / 3), np.full((n, 1), 3)
    found = intervals.mean_intervals(rates, drawn, np.arange(n), seed=0, resamples=200)
    assert (found.se[0], found.methods) == (0.0, ["wilson"])
    lo, hi = intervals.wilson(np.array([1 / 3]), np.array([float(n)]))
    assert (found.lo[0], found.hi[0]) == pytest.approx((lo[0], hi[0]))
