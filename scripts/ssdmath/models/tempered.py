"""What a decoding makes of a model's distribution over the next token, exactly.

Every function takes log-probabilities [positions, vocabulary] in float32 and sums in float64. Equal
values are ranked by token id, as in `sampling.filters`; a test compares the two.
"""

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.stats.truncation import Truncation, support


def log_target(logp: Tensor, decoding: Decoding) -> Tensor:
    """Log q: tempered and truncated by a decoding, renormalised; -inf outside its support."""
    tempered = logp.double() / (1.0 if decoding.greedy else decoding.temperature)
    if decoding.greedy:
        keep = torch.zeros_like(logp, dtype=torch.bool)
        keep.scatter_(1, ranked(logp)[1][:, :1], value=True)
    elif decoding.truncated:
        keep = surviving(logp, tempered, decoding)
    else:
        return tempered.log_softmax(dim=-1)
    return tempered.masked_fill(~keep, -torch.inf).log_softmax(dim=-1)


def ranked(logp: Tensor) -> tuple[Tensor, Tensor]:
    """The log-probabilities of each position, likeliest first, and their tokens."""
    values, ids = logp.sort(dim=-1, descending=True, stable=True)
    return values, ids


def surviving(logp: Tensor, tempered: Tensor, decoding: Decoding) -> Tensor:
    """Which tokens survive a decoding's truncation, as a mask in vocabulary order."""
    _, ids = ranked(logp)
    gap = tempered.gather(1, ids)
    weight = (gap - gap[:, :1]).exp()
    inside = support(weight, Truncation.of(decoding)).inside
    return torch.zeros_like(inside).scatter_(1, ids, inside)
