import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times
from statsmodels.duration.survfunc import SurvfuncRight

from ssdmath.stats import kaplan_meier

SHARES = (0.25, 0.5, 0.75)


def _random(seed, n=300):
    rng = np.random.default_rng(seed)
    ends, cuts = rng.geometric(0.02, size=n), rng.geometric(0.02, size=n)
    return np.minimum(ends, cuts), ends <= cuts


@pytest.mark.parametrize("seed", range(5))
def test_survival_equals_lifelines_and_statsmodels(seed):
    lengths, finished = _random(seed)
    times, running = kaplan_meier.survival(lengths, finished)
    theirs = KaplanMeierFitter().fit(lengths, finished).survival_function_at_times(times)
    np.testing.assert_allclose(running, theirs.to_numpy(), rtol=0, atol=1e-9)
    other = SurvfuncRight(lengths, finished.astype(int))
    at = np.searchsorted(times, other.surv_times)
    np.testing.assert_allclose(running[at], other.surv_prob, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_equal_those_of_lifelines(seed):
    lengths, finished = _random(seed)
    curve = KaplanMeierFitter().fit(lengths, finished).survival_function_
    for share, found in zip(SHARES, kaplan_meier.quantiles(lengths, finished, SHARES), strict=True):
        theirs = qth_survival_times(1 - share, curve)
        assert (found is None and np.isinf(theirs)) or found == theirs


def test_without_censoring_the_median_is_the_sample_median():
    lengths = np.array([3, 9, 5, 7, 1])
    assert kaplan_meier.quantiles(lengths, np.ones(5, bool), (0.5,)) == [5.0]


def test_a_quantile_beyond_the_cap_is_not_told():
    lengths = np.array([10, 20, 50, 50, 50])
    finished = np.array([True, True, False, False, False])
    assert kaplan_meier.quantiles(lengths, finished, (0.25, 0.5, 0.75)) == [20.0, None, None]


def test_no_completions_have_no_quantiles():
    assert kaplan_meier.quantiles(np.array([]), np.array([], dtype=bool), (0.5,)) == [None]
