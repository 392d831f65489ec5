import math

import numpy as np
import pytest

from ssdmath.stats import best_of


@pytest.mark.parametrize(
    ("number", "expected"),  # order statistics of the normal: Tippett 1925; Harter 1961, table 1
    [(1, 0.0), (2, 1 / math.sqrt(math.pi)), (3, 1.5 / math.sqrt(math.pi)), (10, 1.53875)],
)
def test_the_expected_maximum_is_that_of_the_tables(number: int, expected: float):
    assert best_of.expected_maximum(number) == pytest.approx(expected, abs=5e-6)


def test_the_best_that_is_chosen_is_as_good_as_in_simulated_choices():
    rng = np.random.default_rng(3)
    true = 0.015 * rng.standard_normal((200_000, 8))
    for noise in (0.002, 0.02):
        seen = true + noise * rng.standard_normal(true.shape)
        picked = np.take_along_axis(true, seen.argmax(axis=1)[:, None], axis=1).mean()
        assert best_of.chosen(8, 0.015, noise) == pytest.approx(picked, abs=1e-4)


def test_many_noises_at_once_and_decodings_that_do_not_differ():
    several = best_of.chosen(5, 0.01, np.array([0.01, 0.02]))
    assert several.tolist() == [best_of.chosen(5, 0.01, x) for x in (0.01, 0.02)]
    assert best_of.chosen(5, 0.0, np.array([0.0, 0.02])).tolist() == [0, 0]
