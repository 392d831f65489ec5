import numpy as np
import pytest
from scipy import stats

from ssdmath.stats import paired


def _sides(seed=0, *, n=200, k=4, effect=0.0, runs=(1, 1), sd=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 2, size=(n, 1))
    sides = []
    for count, shift in zip(runs, (effect, 0.0), strict=True):
        moved = np.clip(truth + shift + rng.normal(0, sd, size=count), 0, 1)
        sides.append(rng.binomial(k, moved, size=(n, count)) / k)
    return sides


def _compare(a, b, clusters=None, resamples=10_000):
    clusters = np.arange(len(a)) if clusters is None else clusters
    return paired.difference(a, b, clusters, seed=0, resamples=resamples)


def test_swapping_the_sides_turns_the_difference():
    a, b = _sides(effect=0.05)
    one, other = _compare(a, b), _compare(b, a)
    assert one.delta == pytest.approx(-other.delta, abs=1e-12)
    assert one.lo == pytest.approx(-other.hi, abs=1e-9)
    assert one.p == pytest.approx(other.p, abs=1e-12)


def test_the_sign_flip_p_of_one_draw_is_mcnemars_mid_p():
    rng = np.random.default_rng(1)
    a, b = rng.binomial(1, 0.6, size=(80, 1)), rng.binomial(1, 0.5, size=(80, 1))
    wins, losses = int((a > b).sum()), int((a < b).sum())
    exact = stats.binomtest(wins, wins + losses).pvalue
    exact -= stats.binom.pmf(wins, wins + losses, 0.5)
    found = paired.sign_flip_p((a - b).astype(float), np.arange(80), seed=0, resamples=200_000)
    assert found[0] == pytest.approx(exact, abs=0.005)


def test_the_sign_flip_p_is_exact_over_all_flips_of_few_problems():
    d = np.array([[0.3], [0.1], [-0.25], [0.5], [0.45], [0.2], [-0.05], [0.6]])
    signs = 1 - 2.0 * ((np.arange(256)[:, None] >> np.arange(8)) & 1)
    flipped = np.abs(signs @ d)
    observed = abs(d.sum())
    exact = (flipped > observed + 1e-12).mean()
    exact += 0.5 * (np.abs(flipped - observed) <= 1e-12).mean()
    found = paired.sign_flip_p(d, np.arange(8), seed=0, resamples=200_000)
    assert found[0] == pytest.approx(exact, abs=0.004)


def test_the_interval_is_near_students_on_well_behaved_differences():
    a, b = _sides(effect=0.05)
    found, d = _compare(a, b), (a - b)[:, 0]
    half = stats.t.ppf(0.975, 199) * stats.sem(d)
    assert found.lo == pytest.approx(d.mean() - half, abs=0.003)
    assert found.hi == pytest.approx(d.mean() + half, abs=0.003)
    assert found.p == pytest.approx(stats.ttest_1samp(d, 0).pvalue, abs=0.02)


def test_copies_in_a_cluster_leave_interval_and_p_where_they_were():
    a, b = _sides()
    once = _compare(a, b)
    thrice = _compare(np.repeat(a, 3, axis=0), np.repeat(b, 3, axis=0), np.repeat(range(200), 3))
    assert (thrice.lo, thrice.hi, thrice.p) == pytest.approx((once.lo, once.hi, once.p), abs=1e-9)


def test_equal_sides_are_not_proven_equal():
    a, _ = _sides(n=50)
    found = _compare(a, a)
    assert (found.delta, found.p) == (0.0, 1.0)
    assert found.lo == -found.hi
    assert found.hi == pytest.approx(1 - 0.025 ** (1 / 50))


@pytest.mark.parametrize("runs", [1, 2, 3, 4])
@pytest.mark.parametrize("n", [20, 30, 57, 200])
def test_rounding_errors_are_no_spread(n, runs):
    a, b = np.full((n, runs), 2 / 3), np.full((n, 1), 1 / 3)
    found = _compare(a, b, resamples=100)
    unseen = 1 - 0.025 ** (1 / n)
    assert (found.se, found.method) == (0.0, paired.ALIKE)
    assert (found.lo, found.hi) == pytest.approx((1 / 3 - unseen, 1 / 3 + unseen))
    assert found.p == pytest.approx(2.0 ** (1 - n))


@pytest.mark.parametrize(("n", "k"), [(154, 3), (105, 10), (22, 5), (36, 10)])
def test_runs_that_equal_base_in_every_draw_are_not_called_different(n, k):
    base = np.random.default_rng(n).integers(0, k + 1, (n, 1)) / k
    for runs in (2, 3, 5):
        found = _compare(np.repeat(base, runs, axis=1), base, resamples=100)
        assert (found.se, found.p) == (0.0, 1.0)
        assert found.lo < -0.01 < 0.01 < found.hi


def test_few_differing_problems_take_students_interval():
    a, _ = _sides()
    b = a.copy()
    b[:5] = 1 - b[:5]
    assert _compare(a, b).method == paired.FEW_DIFFER


def test_results_repeat_to_the_last_bit():
    a, b = _sides(runs=(3, 1))
    assert _compare(a, b) == _compare(a, b)


def test_two_runs_that_differ_much_widen_the_interval_far_beyond_that_of_one():
    a, b = _sides(runs=(2, 1))
    a[:, 0] = np.minimum(a[:, 0] + 0.15, 1)
    together = _compare(a, b)
    fixed = _compare(a.mean(axis=1, keepdims=True), b)
    assert together.hi - together.lo > 2 * (fixed.hi - fixed.lo)
    assert together.df < 5
    assert together.sd_between_runs == pytest.approx(a.mean(axis=0).std(ddof=1))


def test_runs_that_are_equal_leave_the_standard_error_of_the_problems():
    a, b = _sides()
    together = _compare(np.repeat(a, 3, axis=1), b)
    assert together.se == pytest.approx(_compare(a, b).se, abs=1e-12)
    assert together.df == pytest.approx(199)
    assert together.sd_between_runs == 0


def _hierarchical_means(a, b, resamples):
    """Runs and problems both drawn anew, one draw of problems for all runs (Owen 2007)."""
    rng = np.random.default_rng(0)
    n = len(a)
    sides = []
    drawn = rng.multinomial(n, np.full(n, 1 / n), size=resamples) / n
    for side in (a, b):
        means = drawn @ side
        at = rng.integers(0, side.shape[1], size=means.shape)
        sides.append(np.take_along_axis(means, at, axis=1).mean(axis=1))
    return sides[0] - sides[1]


def test_many_runs_give_the_interval_of_the_hierarchical_bootstrap():
    a, b = _sides(runs=(30, 30), sd=0.05, effect=0.1)
    found = _compare(a, b)
    lo, hi = np.quantile(_hierarchical_means(a, b, 10_000), [0.025, 0.975])
    assert found.method == paired.OVER_RUNS
    assert (found.lo, found.hi) == pytest.approx((lo, hi), abs=0.005)


def test_runs_of_both_sides_add_to_the_spread():
    a, b = _sides(runs=(3, 3), sd=0.05)
    found = _compare(a, b)
    spread = a.mean(axis=0).var(ddof=1) + b.mean(axis=0).var(ddof=1)
    assert found.sd_between_runs == pytest.approx(spread**0.5)


def test_error_and_degrees_of_freedom_equal_the_two_way_analysis_of_variance():
    a, _ = _sides(runs=(6, 1), sd=0.1, n=60)
    b = np.zeros((60, 1))
    n, runs = a.shape
    rows, columns, whole = a.mean(axis=1), a.mean(axis=0), a.mean()
    ms_problem = runs * ((rows - whole) ** 2).sum() / (n - 1)
    ms_run = n * ((columns - whole) ** 2).sum() / (runs - 1)
    rest = a - rows[:, None] - columns + whole
    ms_rest = (rest**2).sum() / ((n - 1) * (runs - 1))
    total = ms_problem + ms_run - ms_rest
    found = _compare(a, b)
    assert found.se**2 == pytest.approx(total / (n * runs), rel=0.02)
    df = total**2 / (
        ms_problem**2 / (n - 1) + ms_run**2 / (runs - 1) + ms_rest**2 / ((n - 1) * (runs - 1))
    )
    assert found.df == pytest.approx(df, rel=0.05)


def test_an_interval_ends_where_a_difference_of_rates_does():
    d = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.0])[:, None]
    (answer,) = paired.differences(d, np.arange(6), seed=0, resamples=200)
    assert answer.method == paired.FEW_DIFFER
    assert 0 < answer.lo < answer.delta < answer.hi == 1
