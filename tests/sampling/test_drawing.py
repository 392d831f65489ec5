"""Drawn frequencies against the exact distribution, worked out here in numpy and in another way."""

import itertools

import numpy as np
import pytest
import torch
from exact_decoding import exact, stats_softmax
from scipy import stats

from ssdmath.config.decoding import Decoding, slug
from ssdmath.sampling.drawing import draw, log_probabilities
from ssdmath.sampling.filters import NARROW, Filters
from ssdmath.sampling.gumbel import gumbel, signed, splitmix64

DRAWS = 20_000
LOGITS = np.array(
    # ties at the top, at the edge of top-k 5 and in the tail
    [2.0, -1.0, 3.25, 0.5, 3.25, 1.75, -2.5, 0.5, 2.75, -4.0, 1.75, 1.75, 0.0, -0.25, 2.5, -7.0],
    dtype=np.float32,
)
SEEN = np.arange(len(LOGITS)) % 3 == 2
GRID = [
    Decoding(temperature=t, top_k=k, top_p=p, min_p=m, presence_penalty=penalty)
    for t, k, p, m, penalty in itertools.product(
        (0.3, 0.7, 1.0, 1.6), (0, 5, 40), (1.0, 0.95, 0.6), (0.0, 0.02, 0.3), (0.0, 1.5)
    )
]

TARGETS = ["t1.5", "t0.8-k6", "t1.5-p0.8", "t1.1-k9-p0.9", "t2-m0.1"]
GRID += [
    Decoding.parse(f"{own}-of-{target}")
    for own in ("t0.4", "t1", "t2-p0.9", "t1.4-k4-p0.8", "t3-m0.5")
    for target in TARGETS
]


def drawn(logits, seen, decoding, *, draws=DRAWS, first_key=0):
    """Frequencies of tokens over draws that differ in their key alone."""
    keys = torch.arange(first_key, first_key + draws)
    tokens = draw(
        torch.from_numpy(logits).expand(draws, -1),
        Filters.of([decoding] * draws),
        keys,
        torch.zeros_like(keys),
        torch.from_numpy(seen).expand(draws, -1),
    )
    return np.bincount(tokens.numpy(), minlength=len(logits))


def fit(counts, probability):
    """The chi-square p-value, expectations under 5 pooled; 1 where nothing is left to chance."""
    expected = probability * counts.sum()
    small = expected < 5
    observed = np.append(counts[~small], counts[small].sum())
    wanted = np.append(expected[~small], expected[small].sum())
    observed, wanted = observed[wanted > 0], wanted[wanted > 0]
    return stats.chisquare(observed, wanted).pvalue if len(wanted) > 1 else 1.0


def test_drawn_frequencies_fit_the_exact_distribution_over_the_whole_grid():
    worst = {}
    for number, decoding in enumerate(GRID):
        probability = exact(LOGITS, SEEN, decoding)
        counts = drawn(LOGITS, SEEN, decoding, first_key=number * DRAWS)
        assert counts[probability == 0].sum() == 0, slug(decoding)
        worst[slug(decoding)] = fit(counts, probability)
    least = min(worst, key=worst.get)
    assert worst[least] > 0.001 / len(GRID), least  # Bonferroni at 0.1 %, keys are fixed
    assert stats.kstest([p for p in worst.values() if p < 1], "uniform").pvalue > 0.001


@pytest.mark.parametrize("text", ["t1", "t1.3-k7-p0.9", "t0.8-p0.9-m0.05-pp1.5"])
def test_consecutive_steps_of_one_draw_are_independent_draws(text):
    decoding, steps = Decoding.parse(text), torch.arange(DRAWS)
    tokens = draw(
        torch.from_numpy(LOGITS).expand(DRAWS, -1),
        Filters.of([decoding] * DRAWS),
        torch.full_like(steps, 12345),
        steps,
        torch.from_numpy(SEEN).expand(DRAWS, -1),
    )
    probability = exact(LOGITS, SEEN, decoding)
    assert fit(np.bincount(tokens, minlength=len(LOGITS)), probability) > 0.001
    ids = np.flatnonzero(probability)
    table = np.zeros((len(LOGITS), len(LOGITS)))
    np.add.at(table, (tokens[:-1].numpy(), tokens[1:].numpy()), 1)
    assert stats.chi2_contingency(table[np.ix_(ids, ids)] + 1e-9).pvalue > 0.001


def test_every_row_of_a_mixed_batch_draws_as_it_would_alone():
    rows = [*GRID[::7], Decoding(temperature=0)]
    logits = torch.from_numpy(np.random.default_rng(0).normal(0, 2, (len(rows), 200))).float()
    seen = torch.rand(logits.shape, generator=torch.Generator().manual_seed(0)) < 0.3
    keys, steps = torch.arange(len(rows)) * 7919, torch.arange(len(rows))
    together = draw(logits, Filters.of(rows), keys, steps, seen)
    alone = [
        draw(logits[i : i + 1], Filters.of([one]), keys[i : i + 1], steps[i : i + 1], seen[i][None])
        for i, one in enumerate(rows)
    ]
    assert together.tolist() == [int(one) for one in alone]


@pytest.mark.parametrize(
    "text",
    [
        "t1-p0.99",
        "t3-p0.7",
        "t2-m0.01",
        "t2-p0.98-m0.001",
        "t0.9-of-t3-p0.7",
        "t1.2-p0.95-of-t2-p0.98",
        "t1-p0.9-of-t2",
    ],
)
def test_a_support_wider_than_the_first_candidates_is_exact(text):
    logits = np.random.default_rng(1).normal(0, 1.5, 500).astype(np.float32)
    decoding = Decoding.parse(text)
    probability = exact(logits, np.zeros(500), decoding)
    assert (probability > 0).sum() > NARROW
    counts = drawn(logits, np.zeros(500, dtype=bool), decoding, draws=20_000)
    assert counts[probability == 0].sum() == 0
    assert fit(counts, probability) > 0.001


def test_a_target_that_only_tempers_multiplies_the_temperature():
    plain, composed = Decoding.parse("t1.2-p0.9"), Decoding.parse("t0.8-p0.9-of-t1.5")
    assert composed.heat == pytest.approx(plain.temperature, abs=1e-12)
    np.testing.assert_allclose(
        exact(LOGITS, SEEN, composed), exact(LOGITS, SEEN, plain), atol=1e-12
    )
    assert (drawn(LOGITS, SEEN, composed) == drawn(LOGITS, SEEN, plain)).all()


def test_a_composed_row_in_a_batch_leaves_the_other_rows_alone():
    logits = np.random.default_rng(2).normal(0, 1.5, (2, 500)).astype(np.float32)
    rows = [Decoding.parse("t1-of-t1-p0.5"), Decoding.parse("t3-p0.7")]
    keys, steps = torch.arange(2), torch.zeros(2, dtype=torch.int64)
    for key in range(50):
        z = torch.from_numpy(logits)
        together = draw(z, Filters.of(rows), keys + 2 * key, steps)
        alone = draw(z[1:], Filters.of(rows[1:]), keys[1:] + 2 * key, steps[1:])
        assert together[1] == alone[0]


def test_top_k_keeps_exactly_k_of_tied_tokens_the_lower_ids():
    logits = np.zeros(12, dtype=np.float32)
    logits[5] = -0.0
    counts = drawn(logits, np.zeros(12, dtype=bool), Decoding(temperature=1, top_k=7), draws=5000)
    assert set(np.flatnonzero(counts)) == set(range(7))


def test_greedy_takes_the_lowest_id_among_tied_tokens_and_obeys_the_penalty():
    seen = np.zeros(len(LOGITS), dtype=bool)
    assert drawn(LOGITS, seen, Decoding(temperature=0), draws=10)[2] == 10
    seen[2] = True
    greedy = Decoding(temperature=0, presence_penalty=1.5)
    assert drawn(LOGITS, seen, greedy, draws=10)[4] == 10


def test_a_penalty_of_others_leaves_a_row_without_penalty_alone():
    seen = torch.ones(2, len(LOGITS), dtype=torch.bool)
    rows = [Decoding(temperature=0), Decoding(temperature=0, presence_penalty=2)]
    seen[1, 2] = True
    seen[1, 4] = False
    zero = torch.zeros(2, dtype=torch.int64)
    logits = torch.from_numpy(LOGITS).expand(2, -1)
    assert draw(logits, Filters.of(rows), zero, zero, seen).tolist() == [2, 4]


def test_a_tiny_nucleus_a_full_floor_and_top_1_leave_the_likeliest_token_alone():
    seen = np.zeros(len(LOGITS), dtype=bool)
    for text in ("t1-p0.0001", "t5-k1", "t2-k5-p0.1-m0.9"):
        assert set(np.flatnonzero(drawn(LOGITS, seen, Decoding.parse(text), draws=500))) == {2}
    floor = Decoding(temperature=1, min_p=1)
    assert set(np.flatnonzero(drawn(LOGITS, seen, floor, draws=500))) == {2, 4}


def test_an_impossible_token_is_never_drawn():
    logits = np.array([0.0, -np.inf, 0.0, -np.inf], dtype=np.float32)
    for decoding in (Decoding(temperature=5), Decoding(temperature=5, top_k=4)):
        counts = drawn(logits, np.zeros(4, dtype=bool), decoding)
        assert counts[[1, 3]].sum() == 0


def test_log_probabilities_are_those_of_the_untruncated_softmax():
    logits = torch.from_numpy(np.random.default_rng(2).normal(0, 3, (40, 300))).float()
    tokens = torch.arange(40)
    wanted = [np.log(stats_softmax(row)[i]) for i, row in enumerate(logits.double().numpy())]
    assert np.allclose(log_probabilities(logits, tokens), wanted, atol=1e-12)


def test_the_bits_are_those_of_the_published_splitmix64():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    bits = splitmix64(torch.tensor(1234567), torch.arange(3)).tolist()
    assert [one % 2**64 for one in bits] == published


def test_the_noise_is_standard_gumbel_and_differs_where_keys_differ_above_32_bits():
    zero, ids = torch.zeros(1, dtype=torch.int64), torch.arange(50_000)
    noise = gumbel(zero + 5, zero, ids)[0]
    assert stats.kstest(noise.numpy(), "gumbel_r").pvalue > 0.001
    other = gumbel(zero + signed(5 + 2**63 + 2**32), zero, ids)[0]
    assert abs(np.corrcoef(noise, other)[0, 1]) < 0.02


def test_the_noise_of_a_token_does_not_depend_on_which_others_are_asked_for():
    keys, steps = torch.tensor([3, -9]), torch.tensor([0, 70_000])
    every = gumbel(keys, steps, torch.arange(1000))
    some = torch.tensor([[999, 4, 17], [0, 17, 500]])
    assert torch.equal(gumbel(keys, steps, some), every.gather(1, some))
