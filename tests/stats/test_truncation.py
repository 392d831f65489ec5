"""The one truncation kernel against a walk over the ranked tokens, on numpy and on torch."""

import itertools

import numpy as np
import pytest
import torch
from exact_decoding import exact

from ssdmath.config.decoding import Decoding, slug
from ssdmath.stats.truncation import Truncation, support

GRID = [
    Decoding(temperature=t, top_k=k, top_p=p, min_p=m)
    for t, k, p, m in itertools.product(
        (0.5, 1.0, 1.7), (0, 1, 7), (1.0, 0.9, 0.3), (0.0, 0.05, 1.0)
    )
]
LOGITS = np.random.default_rng(3).normal(0, 2, (20, 40)).astype(np.float32)


def ranked_weights(decoding):
    """Tempered weights of every row in descending order, float64, the largest 1."""
    z = -np.sort(-LOGITS.astype(np.float64), axis=1)
    return np.exp((z - z[:, :1]) / decoding.temperature)


@pytest.mark.parametrize("decoding", GRID, ids=slug)
def test_the_support_is_that_of_the_decoding_written_out(decoding):
    sizes = [(exact(row, np.zeros(40), decoding) > 0).sum() for row in LOGITS]
    weights = ranked_weights(decoding)
    inside, complete = support(weights, Truncation.of(decoding))
    assert inside.sum(axis=1).tolist() == sizes
    assert (np.diff(inside.astype(int), axis=1) <= 0).all()  # a prefix of the ranks
    of_torch = support(torch.from_numpy(weights), Truncation.of(decoding))
    assert np.array_equal(of_torch.inside, inside)
    assert np.array_equal(of_torch.complete.expand(20, 1), np.broadcast_to(complete, (20, 1)))


@pytest.mark.parametrize("width", [1, 3, 8, 39])
def test_a_prefix_that_says_it_is_complete_holds_the_whole_support(width):
    claims = 0
    for decoding in GRID:
        limits, weights = Truncation.of(decoding), ranked_weights(decoding)
        if decoding.top_k > width:
            continue  # the candidates must reach k
        total = weights.sum(axis=1, keepdims=True)
        whole = support(weights, limits).inside
        part, complete = support(weights[:, :width], limits, total=total)
        assert np.array_equal(part, whole[:, :width])
        claimed = np.broadcast_to(complete, (20, 1))[:, 0]
        assert not whole[claimed, width:].any()
        claims += claimed.sum()
    assert claims > 0


def test_limits_per_row_are_those_of_each_row_alone():
    weights = np.stack([ranked_weights(decoding)[0] for decoding in GRID])
    columns = [np.array(column)[:, None] for column in zip(*map(Truncation.of, GRID), strict=True)]
    together = support(weights, Truncation(*columns)).inside
    for row, decoding in enumerate(GRID):
        assert np.array_equal(together[row], support(weights[row], Truncation.of(decoding)).inside)


def test_a_nucleus_ends_at_the_token_that_reaches_it():
    found = support(np.array([0.5, 0.25, 0.125, 0.125]), Truncation(top_p=0.75)).inside
    assert found.tolist() == [True, True, False, False]
