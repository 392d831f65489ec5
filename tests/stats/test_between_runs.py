import math

import numpy as np
import pytest
from scipy import special, stats

from ssdmath.stats import between_runs
from ssdmath.stats.between_runs import RunSpread


def _spreads(rng, *, groups, df, prior=math.inf, scale=1e-4):
    true = np.full(groups, scale)
    if math.isfinite(prior):
        true = scale * prior / rng.chisquare(prior, groups)
    return [RunSpread(v * rng.chisquare(df) / df, 0.0, df) for v in true]


def test_the_spread_of_runs_equals_the_mean_squares_of_a_two_way_analysis():
    rng = np.random.default_rng(0)
    rates = rng.random((40, 5)) + rng.normal(0, 0.1, size=5)
    found = between_runs.spread(rates, np.arange(40))
    rest = rates - rates.mean(axis=0) - rates.mean(axis=1, keepdims=True) + rates.mean()
    assert found.variance == pytest.approx(rates.mean(axis=0).var(ddof=1))
    assert found.noise == pytest.approx((rest**2).sum() / (39 * 4) / 40, rel=0.03)
    assert found.df == 4


def test_the_noise_of_draws_is_found_where_runs_do_not_differ():
    rng = np.random.default_rng(1)
    found = [
        between_runs.spread(rng.binomial(4, 0.5, size=(200, 3)) / 4, np.arange(200))
        for _ in range(300)
    ]
    expected = 0.25 / 4 / 200
    assert np.mean([s.noise for s in found]) == pytest.approx(expected, rel=0.03)
    assert np.mean([s.variance for s in found]) == pytest.approx(expected, rel=0.15)


def test_inverse_trigamma_inverts_trigamma():
    for value in (1e-3, 0.1, 1.0, 5.0, 300.0):
        x = between_runs._inverse_trigamma(value)
        assert special.polygamma(1, x) == pytest.approx(value, rel=1e-6)


def test_the_prior_is_found_from_many_recipes():
    found = between_runs.pool(_spreads(np.random.default_rng(2), groups=20_000, df=4, prior=6.0))
    assert found.df_prior == pytest.approx(6.0, rel=0.1)


def test_recipes_that_do_not_differ_pool_completely():
    rng = np.random.default_rng(3)
    spreads = _spreads(rng, groups=4000, df=3)
    found = between_runs.pool(spreads)
    assert found.df_prior > 50
    assert found.moderate(spreads[0])[0] == pytest.approx(1e-4, rel=0.1)


def test_a_moderated_variance_lies_between_its_own_and_the_prior():
    rng = np.random.default_rng(4)
    spreads = _spreads(rng, groups=50, df=2, prior=3.0)
    found = between_runs.pool(spreads)
    for own in spreads:
        variance, df = found.moderate(own)
        ends = sorted([own.variance, found.ratio * found.net])
        assert ends[0] <= variance <= ends[1]
        assert own.df <= df <= found.df_pooled


def test_one_recipe_keeps_its_own_variance_and_degrees_of_freedom():
    own = RunSpread(3e-4, 1e-4, 2)
    variance, df = between_runs.pool([own]).moderate(own)
    assert (variance, df) == (pytest.approx(3e-4), 2)


def test_degrees_of_freedom_never_exceed_those_of_all_recipes_together():
    spreads = [RunSpread(v, 0.0, 1) for v in (1.0e-4, 1.1e-4, 0.9e-4)]
    found = between_runs.pool(spreads)
    assert math.isinf(found.df_prior)
    assert found.moderate(spreads[0])[1] == 3


def test_both_sides_lean_on_one_prior_so_that_their_degrees_of_freedom_do_not_add_up():
    rng = np.random.default_rng(5)
    common = rng.normal(0, 1e-6, size=(50, 1))
    sides = [common + rng.normal(0, 0.1, size=2) for _ in range(2)]
    others = [RunSpread(0.01, 0.0, 1)] * 3
    of = between_runs.scale(
        sides, sides[0].mean(axis=1) - sides[1].mean(axis=1), np.arange(50), others
    )
    assert of.df <= 5 + 1e-6


def test_run_effects_have_the_stated_variances_and_the_pooled_correlation():
    rng = np.random.default_rng(6)
    common = rng.normal(size=(400, 1))
    apart = np.hstack([common + 0.5 * rng.normal(size=(400, 1)) for _ in range(3)])
    variances = np.array([1.0, 4.0, 0.25])
    effects, doubt = between_runs.run_effects(apart, variances, df=8.0, seed=0, resamples=20_000)
    assert effects.var(axis=0) == pytest.approx(variances, rel=0.05)
    assert np.corrcoef(effects.T)[0, 1] == pytest.approx(np.corrcoef(apart.T)[0, 1], abs=0.03)
    quantile = np.quantile(effects[:, 0] / doubt, 0.975)
    assert quantile == pytest.approx(stats.t.ppf(0.975, 8), rel=0.04)
