"""Properties of distributions over tokens: filters, features and the terms of the SSD target.

Every function takes log-probabilities [positions, vocabulary] in float32 and sums in float64. Equal
values are ranked by token id, as in `sampling.filters`; a test compares the two.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.models import tempered
from ssdmath.stats.truncation import Truncation, support

TOP = 20  # tokens of "top-20 mass", docs/method.md, section 7


class Filtered(NamedTuple):
    """After (T, top-k, top-p) at each of several temperatures: [positions, temperatures]."""

    survivors: Tensor
    entropy: Tensor
    top_mass: Tensor  # of the 20 likeliest before the filter


def filtered(
    logp: Tensor, ranked: Tensor, temperatures: Sequence[float], *, top_k: int, top_p: float
) -> Filtered:
    """Filter at each temperature; `ranked` are the likeliest log-probabilities in order."""
    survivors, entropies, masses = [], [], []
    for temperature in temperatures:
        scaled = ranked[:, : max(top_k, TOP)].double() / temperature
        total = (logp.double() / temperature).logsumexp(dim=-1, keepdim=True)
        masses.append((scaled[:, :TOP] - total).exp().sum(dim=-1))
        p = scaled[:, :top_k].softmax(dim=-1)
        keep = support(p, Truncation(top_p=top_p), total=1.0).inside
        kept = p * keep
        q = kept / kept.sum(dim=-1, keepdim=True)
        survivors.append(keep.sum(dim=-1).double())
        entropies.append(torch.special.entr(q).sum(dim=-1))
    return Filtered(*(torch.stack(column, dim=1) for column in (survivors, entropies, masses)))


def beyond_ranks(ranked: Tensor, ranks: Sequence[int]) -> Tensor:
    """1 - cumulative mass of the likeliest tokens, at each rank: [positions, ranks]."""
    mass = ranked.double().exp().cumsum(dim=-1)
    return (1 - mass[:, [rank - 1 for rank in ranks]]).clamp(min=0.0)


def likeliest(logp: Tensor, number: int) -> tuple[Tensor, Tensor]:
    """The `number` largest log-probabilities of each position, and their tokens."""
    values, ids = tempered.ranked(logp)
    return values[:, :number], ids[:, :number]


class Features(NamedTuple):
    """The probe's features of each position; only the likeliest tokens are kept."""

    top1: Tensor
    second: Tensor
    nucleus: Tensor
    tail: Tensor
    entropy: Tensor
    top_ids: Tensor
    top_ps: Tensor


def nucleus_of(logp: Tensor, mass: float) -> Tensor:
    """The smallest prefix of tokens whose mass reaches `mass`, as a mask in vocabulary order."""
    return tempered.surviving(logp, logp.double(), Decoding(temperature=1.0, top_p=mass))


def features(logp: Tensor, inside: Tensor, mass: float, shown: int = 5) -> Features:
    """The features of one model; `inside` is base's nucleus, outside of which the tail lies."""
    values, ids = tempered.ranked(logp)
    ranked = values.double().exp()
    return Features(
        top1=ranked[:, 0],
        second=ranked[:, 1],
        nucleus=support(ranked, Truncation(top_p=mass), total=1.0).inside.sum(dim=-1),
        tail=(logp.double().exp() * ~inside).sum(dim=-1),
        entropy=torch.special.entr(ranked).sum(dim=-1),
        top_ids=ids[:, :shown],
        top_ps=ranked[:, :shown],
    )


class Terms(NamedTuple):
    """The cross-entropy of the target under a model, and its parts: [positions] each."""

    cross_entropy: Tensor
    compression: Tensor
    reshaping: Tensor
    alignment: Tensor
    divergence: Tensor


def target_terms(logq: Tensor, logp: Tensor, temperature: float) -> Terms:
    """Split CE(q, p) into three terms that add up to it (docs/mechanism.md).

    With S the support of q, p_S = p(. | S) and r = p_S^(1/T) / Z: support compression -log p(S),
    within-support reshaping (1 - T) H_{1/T}(p_S) with Renyi's entropy, alignment T CE(q, r).
    `divergence` is KL(q || p).
    """
    q, inside = logq.exp(), logq > -torch.inf
    exact = logp.double().masked_fill(~inside, -torch.inf)
    mass = exact.logsumexp(dim=-1)
    within = exact - mass[:, None]
    heated = within / temperature
    partition = heated.logsumexp(dim=-1)  # log sum p_S^(1/T) = (1 - 1/T) H_{1/T}
    cross = -_expected(q, inside, exact)
    return Terms(
        cross_entropy=cross,
        compression=-mass,
        reshaping=-temperature * partition,
        alignment=-temperature * _expected(q, inside, heated - partition[:, None]),
        divergence=cross + _expected(q, inside, logq),
    )


def _expected(q: Tensor, inside: Tensor, values: Tensor) -> Tensor:
    return (q * values.masked_fill(~inside, 0.0)).sum(dim=-1)
