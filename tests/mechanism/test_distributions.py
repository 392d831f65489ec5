"""Filters, features and target terms, against the sampler's own filter and by hand."""

import math

import numpy as np
import pytest
import torch

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism import distributions
from ssdmath.models import tempered
from ssdmath.sampling import filters

SLUGS = [
    "t1",
    "t1.5",
    "t0.7-k5",
    "t1-p0.8",
    "t1.5-k20-p0.8",
    "t0.9-m0.1",
    "t1.2-k8-p0.9-m0.05",
    "t0",
]


def logits(rows=40, width=64, seed=0, spread=3.0):
    return spread * torch.randn(rows, width, generator=torch.Generator().manual_seed(seed))


def sampled_from(z, slug):
    """The exact distribution that the sampler draws from."""
    exact = torch.zeros(z.shape, dtype=torch.float64)
    decoding = Decoding.parse(slug)
    if decoding.greedy:
        return exact.scatter(1, z.argmax(dim=1, keepdim=True), 1.0)
    if not decoding.truncated:
        return (z.double() / decoding.temperature).softmax(dim=-1)
    rows = torch.arange(len(z))
    for part, ids, gap in filters.supports(z, rows, filters.Filters.of([decoding] * len(z))):
        exact[part] = exact[part].scatter(1, ids, gap.softmax(dim=-1))
    return exact


@pytest.mark.parametrize("slug", SLUGS)
def test_target_is_the_distribution_that_the_sampler_draws_from(slug):
    z = logits()
    found = tempered.log_target(z.log_softmax(dim=-1), Decoding.parse(slug)).exp()
    np.testing.assert_allclose(found, sampled_from(z, slug), rtol=0, atol=1e-6)
    np.testing.assert_allclose(found.sum(dim=1), 1, rtol=0, atol=1e-6)


def test_filter_over_temperatures_equals_the_filter_of_each_decoding():
    logp = logits().log_softmax(dim=-1)
    grid = [0.5, 1.0, 1.7]
    ranked, _ = distributions.likeliest(logp, 20)
    found = distributions.filtered(logp, ranked, grid, top_k=20, top_p=0.9)
    for at, t in enumerate(grid):
        q = tempered.log_target(logp, Decoding(temperature=t, top_k=20, top_p=0.9)).exp()
        np.testing.assert_array_equal(found.survivors[:, at], (q > 0).sum(dim=1))
        np.testing.assert_allclose(found.entropy[:, at], torch.special.entr(q).sum(1), atol=1e-6)
        top = (logp / t).softmax(dim=-1).topk(20).values.sum(dim=1)
        np.testing.assert_allclose(found.top_mass[:, at], top, atol=1e-6)


def test_mass_beyond_a_rank_is_what_is_left():
    logp = logits(rows=3, width=8).log_softmax(dim=-1)
    ranked, _ = distributions.likeliest(logp, 8)
    found = distributions.beyond_ranks(ranked, [1, 3, 8])
    p = np.sort(logp.exp().numpy(), axis=1)[:, ::-1]
    np.testing.assert_allclose(found[:, 0], 1 - p[:, 0], atol=1e-6)
    np.testing.assert_allclose(found[:, 1], p[:, 3:].sum(axis=1), atol=1e-6)
    np.testing.assert_allclose(found[:, 2], 0, atol=1e-6)


def test_features_of_a_distribution_written_out():
    base = torch.tensor([[0.5, 0.3, 0.15, 0.04, 0.01]]).log()
    trained = torch.tensor([[0.2, 0.72, 0.02, 0.04, 0.02]]).log()
    inside = distributions.nucleus_of(base, 0.9)
    assert inside.tolist() == [[True, True, True, False, False]]
    found = distributions.features(trained, inside, 0.9, shown=2)
    assert found.top_ids.tolist() == [[1, 0]]
    assert found.nucleus.tolist() == [2]
    for value, expected in ((found.top1, 0.72), (found.second, 0.2), (found.tail, 0.06)):
        assert value.item() == pytest.approx(expected, abs=1e-6)
    entropy = -sum(p * math.log(p) for p in (0.2, 0.72, 0.02, 0.04, 0.02))
    assert found.entropy.item() == pytest.approx(entropy, abs=1e-6)


@pytest.mark.parametrize("slug", SLUGS)
def test_terms_add_up_to_the_cross_entropy(slug):
    base, model = (logits(seed=s).log_softmax(dim=-1) for s in (0, 1))
    decoding = Decoding.parse(slug)
    temperature = 1.0 if decoding.greedy else decoding.temperature
    q = sampled_from(base, slug)
    logq = tempered.log_target(base, decoding)
    found = distributions.target_terms(logq, model, temperature)
    by_hand = -(q * model.double()).sum(dim=1)
    np.testing.assert_allclose(found.cross_entropy, by_hand, rtol=0, atol=1e-5)
    added = found.compression + found.reshaping + found.alignment
    np.testing.assert_allclose(added, by_hand, rtol=0, atol=1e-5)
    entropy = torch.special.entr(q).sum(dim=1)
    np.testing.assert_allclose(found.divergence, by_hand - entropy, rtol=0, atol=1e-5)


def test_compression_reshaping_and_alignment_equal_their_formulas_in_numpy():
    """Support mass, Renyi entropy of order 1/T and cross-entropy, computed in numpy."""
    t = 1.5
    base, model = (logits(rows=1, seed=s).log_softmax(dim=-1) for s in (0, 1))
    logq = tempered.log_target(base, Decoding(temperature=t, top_p=0.8))
    found = distributions.target_terms(logq, model, t)
    q, p = logq.exp().numpy()[0], model.double().exp().numpy()[0]
    support = q > 0
    within = p[support] / p[support].sum()
    renyi = math.log((within ** (1 / t)).sum()) / (1 - 1 / t)
    r = within ** (1 / t) / (within ** (1 / t)).sum()
    assert found.compression.item() == pytest.approx(-math.log(p[support].sum()), abs=1e-6)
    assert found.reshaping.item() == pytest.approx((1 - t) * renyi, abs=1e-6)
    expected = -t * (q[support] * np.log(r)).sum()
    assert found.alignment.item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("slug", ["t1.5-p0.8", "t0.7-k5", "t1.5"])
def test_base_is_aligned_with_its_own_target(slug):
    base, decoding = logits().log_softmax(dim=-1), Decoding.parse(slug)
    logq = tempered.log_target(base, decoding)
    found = distributions.target_terms(logq, base, decoding.temperature)
    floor = decoding.temperature * torch.special.entr(logq.exp()).sum(dim=1)
    np.testing.assert_allclose(found.alignment, floor, rtol=0, atol=1e-5)


def test_base_is_its_own_target_without_temperature_and_truncation():
    base = logits().log_softmax(dim=-1)
    found = distributions.target_terms(tempered.log_target(base, Decoding(temperature=1)), base, 1)
    np.testing.assert_allclose(found.divergence, 0, atol=1e-5)
    np.testing.assert_allclose(found.compression, 0, atol=1e-5)
    np.testing.assert_allclose(found.reshaping, 0, atol=1e-12)
