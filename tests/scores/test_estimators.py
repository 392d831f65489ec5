import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from ssdmath.scores import estimators


def _enumerated(right, drawn, k):
    """Every subset of k of the drawn answers, by brute force: its number of right ones."""
    answers = [1] * right + [0] * (drawn - right)
    return [sum(chosen) for chosen in combinations(answers, k)]


@pytest.mark.parametrize("drawn", range(1, 8))
def test_pass_estimators_equal_the_count_over_all_subsets(drawn):
    for right in range(drawn + 1):
        for k in range(1, drawn + 1):
            hits = _enumerated(right, drawn, k)
            passed = Fraction(sum(hit > 0 for hit in hits), len(hits))
            every = Fraction(sum(hit == k for hit in hits), len(hits))
            half = Fraction(sum(hit >= math.ceil(k / 2) for hit in hits), len(hits))
            assert estimators.pass_at_k(right, drawn, k) == pytest.approx(float(passed), abs=1e-12)
            assert estimators.pass_hat_k(right, drawn, k) == pytest.approx(float(every), abs=1e-12)
            found = estimators.g_pass_at_k(right, drawn, k, 0.5)
            assert found == pytest.approx(float(half), abs=1e-12)


def test_tabulated_pass_at_k_equals_exact_binomials_on_random_counts():
    rng = np.random.default_rng(0)
    drawn = rng.integers(8, 129, size=(50, 6))
    correct = rng.binomial(drawn, rng.random(drawn.shape))
    for k in (1, 3, 8):
        found = estimators.tabulate(correct, drawn, k, estimators.pass_at_k)
        exact = [
            float(1 - Fraction(math.comb(n - c, k), math.comb(n, k)))
            for c, n in zip(correct.ravel().tolist(), drawn.ravel().tolist(), strict=True)
        ]
        np.testing.assert_allclose(found.ravel(), exact, rtol=0, atol=1e-9)


def test_a_problem_with_fewer_than_k_draws_has_no_pass_at_k():
    found = estimators.tabulate(np.array([2, 2]), np.array([2, 4]), 3, estimators.pass_at_k)
    assert np.isnan(found[0])
    assert found[1] == 1.0


def test_g_pass_at_k_lies_between_pass_hat_k_and_pass_at_k():
    for right in range(9):
        found = [estimators.g_pass_at_k(right, 8, 4, tau) for tau in (0.01, 0.25, 0.5, 0.75, 1.0)]
        assert found == sorted(found, reverse=True)
        assert found[0] == pytest.approx(estimators.pass_at_k(right, 8, 4), abs=1e-12)
        assert found[-1] == pytest.approx(estimators.pass_hat_k(right, 8, 4), abs=1e-12)


def test_pass_at_k_grows_with_k_and_with_right_answers():
    table = np.array([[estimators.pass_at_k(c, 8, k) for k in range(1, 9)] for c in range(9)])
    assert (np.diff(table, axis=0) >= 0).all()
    assert (np.diff(table, axis=1) >= 0).all()


def _votes(classes, correct, k):
    """Majority credit over all subsets of k draws, by brute force."""
    credits = []
    for chosen in combinations(range(len(classes)), k):
        counts = {}
        for at in chosen:
            if classes[at] >= 0:
                counts[classes[at]] = counts.get(classes[at], 0) + 1
        top = [label for label, count in counts.items() if count == max(counts.values())]
        right = {label: correct[classes.index(label)] for label in top}
        credits.append(sum(right.values()) / len(top) if top else 0.0)
    return sum(credits) / len(credits)


def test_maj_at_k_equals_brute_force_over_all_subsets():
    rng = np.random.default_rng(1)
    classes = rng.integers(-1, 4, size=(40, 8))
    correct = (classes == 2).astype(np.int64)
    for k in (1, 2, 4):
        found = estimators.maj_at_k(classes, correct, k, seed=0)
        exact = [
            _votes(row.tolist(), right.tolist(), k)
            for row, right in zip(classes, correct, strict=True)
        ]
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-7)


def test_no_answer_never_wins_a_vote():
    classes = np.array([[-1, -1, -1, 5]])
    assert estimators.maj_at_k(classes, np.array([[0, 0, 0, 1]]), 4, seed=0)[0] == 1.0


def test_tied_classes_share_the_credit():
    classes = np.array([[0, 0, 1, 1]])
    assert estimators.maj_at_k(classes, np.array([[1, 1, 0, 0]]), 4, seed=0)[0] == 0.5


def test_maj_at_k_on_random_subsets_is_near_the_exact_value_and_repeatable():
    rng = np.random.default_rng(2)
    classes = rng.integers(0, 3, size=(30, 16))
    correct = (classes == 0).astype(np.int64)
    found = estimators.maj_at_k(classes, correct, 4, seed=0)
    exact = [
        _votes(row.tolist(), right.tolist(), 4) for row, right in zip(classes, correct, strict=True)
    ]
    assert np.abs(found - exact).max() < 0.1
    np.testing.assert_array_equal(found, estimators.maj_at_k(classes, correct, 4, seed=0))


def test_maj_at_1_is_the_accuracy():
    rng = np.random.default_rng(3)
    classes = rng.integers(0, 3, size=(30, 8))
    correct = (classes == 0).astype(np.int64)
    np.testing.assert_allclose(
        estimators.maj_at_k(classes, correct, 1, seed=0), correct.mean(axis=1), atol=1e-7
    )


def test_within_share_is_one_when_all_problems_are_equally_hard():
    rng = np.random.default_rng(4)
    rates = rng.binomial(8, 0.5, size=(20_000, 1)) / 8
    assert estimators.within_share(rates, np.full(rates.shape, 8))[0] == pytest.approx(1, abs=0.02)


def test_within_share_is_zero_when_every_problem_is_certain():
    rates = np.array([[0.0], [1.0], [1.0], [0.0]])
    assert estimators.within_share(rates, np.full(rates.shape, 4))[0] == 0.0


def test_within_share_finds_the_variances_it_was_drawn_with():
    rng = np.random.default_rng(5)
    truth = rng.beta(0.8, 0.6, size=200_000)
    rates = rng.binomial(4, truth)[:, None] / 4
    within = (truth * (1 - truth)).mean()
    expected = within / (within + truth.var())
    found = estimators.within_share(rates, np.full(rates.shape, 4))[0]
    assert found == pytest.approx(expected, abs=0.01)


def test_one_draw_tells_no_within_share():
    assert np.isnan(estimators.within_share(np.array([[0.0], [1.0]]), np.ones((2, 1), int))[0])
