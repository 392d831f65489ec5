"""Shrunken pass rates and the spread of differences, by simulation: noise alone, and planted."""

import numpy as np
import pytest

from ssdmath.stats import shrinkage

PROBLEMS, DRAWS = 300, 4


def simulated(rng, tau: float, runs: int = 1, interaction: float = 0.0):
    """Pass rates of a and b, apart by normal differences of sd `tau`, and what is seen of them."""
    b = rng.uniform(0.2, 0.8, PROBLEMS)
    a = np.clip(b + tau * rng.standard_normal(PROBLEMS), 0.02, 0.98)
    of_runs = a[:, None] + interaction * rng.standard_normal((PROBLEMS, runs))
    seen_a = rng.binomial(DRAWS, np.clip(of_runs, 0, 1)) / DRAWS
    seen_b = rng.binomial(DRAWS, b)[:, None] / DRAWS
    noises = [shrinkage.noise(s, np.full(s.shape, DRAWS)) for s in (seen_a, seen_b)]
    rates = np.column_stack([seen_a.mean(axis=1), seen_b.mean(axis=1)])
    return np.column_stack([a, b]), rates, np.column_stack(noises)


def spread(rates, noises, seed: int = 0, resamples: int = 400) -> shrinkage.Spread:
    return shrinkage.spread(
        rates[:, 0] - rates[:, 1],
        noises.sum(axis=1),
        np.arange(len(rates)),
        seed=seed,
        resamples=resamples,
    )


@pytest.mark.parametrize(("runs", "interaction"), [(1, 0.0), (3, 0.0), (3, 0.15)])
def test_noise_alone_has_no_spread_and_its_interval_reaches_zero(runs: int, interaction: float):
    rng = np.random.default_rng(1)
    found = [spread(*simulated(rng, 0, runs, interaction)[1:]) for _ in range(100)]
    excess = [one.observed**2 - one.noise**2 for one in found]
    assert abs(np.mean(excess)) < 3 * np.std(excess) / 10
    assert np.mean([one.lo > 0 for one in found]) <= 0.08  # 2.5 % on average
    assert np.median([one.true for one in found]) < 0.06
    assert np.median([one.observed for one in found]) > 0.15  # which looks like structure


@pytest.mark.parametrize("runs", [1, 3])
def test_planted_differences_are_found_with_their_size_inside_the_interval(runs: int):
    rng = np.random.default_rng(2)
    covered, sizes, found = [], [], []
    for _ in range(60):
        truth, rates, noises = simulated(rng, 0.2, runs)
        planted = float((truth[:, 0] - truth[:, 1]).std())
        one = spread(rates, noises)
        covered.append(one.lo <= planted <= one.hi)
        sizes.append(one.true - planted)
        found.append(one.lo > 0)
    assert np.mean(found) > 0.8
    assert np.mean(covered) > 0.88
    assert abs(np.mean(sizes)) < 0.01


def test_without_true_differences_the_guesses_lie_near_the_diagonal():
    _, rates, noises = simulated(np.random.default_rng(3), 0)
    guess = shrinkage.shrunk(rates, noises)
    raw, left = (np.std(x[:, 0] - x[:, 1]) for x in (rates, guess))
    assert left < 0.3 * raw
    assert guess.std(axis=0) == pytest.approx([0.14, 0.14], abs=0.05)  # problems still differ


def test_guesses_are_nearer_to_the_truth_than_what_was_seen():
    truth, rates, noises = simulated(np.random.default_rng(4), 0.2)
    guess = shrinkage.shrunk(rates, noises)
    errors = [((x - truth) ** 2).mean() for x in (rates, guess)]
    assert errors[1] < 0.75 * errors[0]
    gains = [x[:, 0] - x[:, 1] for x in (truth, guess)]
    assert np.corrcoef(*gains)[0, 1] > 0.5
    assert ((guess >= 0) & (guess <= 1)).all()


def test_the_guess_is_the_posterior_mean_of_a_normal_model():
    rng = np.random.default_rng(5)
    covariance, variances = np.array([[0.04, 0.02], [0.02, 0.03]]), np.array([0.02, 0.01])
    truth = rng.multivariate_normal([0.5, 0.5], covariance, size=20_000)
    seen = truth + rng.standard_normal(truth.shape) * np.sqrt(variances)
    guess = shrinkage.shrunk(seen, np.tile(variances, (len(seen), 1)))
    weights = covariance @ np.linalg.inv(covariance + np.diag(variances))
    exact = np.clip(0.5 + (seen - 0.5) @ weights.T, 0, 1)
    assert np.abs(guess - exact).max() < 0.05


def test_rates_without_noise_stay_as_they_are():
    rates = np.random.default_rng(6).random((20, 2))
    assert shrinkage.shrunk(rates, np.zeros((20, 2))) == pytest.approx(rates)


def test_the_noise_of_few_draws_is_estimated_without_bias():
    rng = np.random.default_rng(7)
    p = rng.random(20_000)
    seen = rng.binomial(3, p)[:, None] / 3
    found = shrinkage.noise(seen, np.full(seen.shape, 3)).mean()
    assert found == pytest.approx((p * (1 - p) / 3).mean(), rel=0.02)
    once = shrinkage.noise(np.ones((2, 1)), np.ones((2, 1), dtype=np.int64))
    assert np.isnan(once).all()
