"""The support of a truncated distribution: top-k, top-p and min-p, in one place.

The sampler, the measurements on models, the paper's toy machine and the closed form of the micro
world all ask this module which tokens survive. It works on numpy arrays and on torch tensors.

A caller tempers the distribution first and ranks its tokens, likeliest first. Then (docs/method.md,
section 2):

1. top-k keeps the first k tokens;
2. top-p (nucleus sampling, Holtzman et al., arXiv 1904.09751) renormalises over those and keeps the
   smallest prefix whose mass reaches p: a token is out if the tokens before it already reach p, so
   at least one token stays;
3. min-p (Nguyen et al., arXiv 2407.01082) drops tokens that are less likely than min-p times the
   likeliest token.
"""

import sys
from typing import Any, NamedTuple, Self

from ssdmath.config.decoding import Decoding

Array = Any  # a numpy array or a torch tensor; for a limit also a plain number


class Truncation(NamedTuple):
    """Limits of the support: one number each, or a column [rows, 1] with one value per row."""

    top_k: Array = 0  # 0: no limit
    top_p: Array = 1.0  # 1: no limit
    min_p: Array = 0.0  # 0: no limit

    @classmethod
    def of(cls, decoding: Decoding) -> Self:
        """Take the limits of a decoding, by their names."""
        return cls(*(getattr(decoding, name) for name in cls._fields))


class Support(NamedTuple):
    """Which of the ranked tokens survive, and whether others could."""

    inside: Array  # bool, as the weights
    complete: Array  # bool [..., 1]: no token ranked below the given ones belongs to the support


def support(weights: Array, limits: Truncation, *, total: Array | float | None = None) -> Support:
    """Apply top-k, then top-p, then min-p to ranked tokens.

    `weights` [..., n] are the tempered probabilities up to a factor per row, in descending order.
    `total` ([..., 1], or 1 for normalised probabilities) is the weight of the whole vocabulary, to
    which top-p without top-k refers; without it, the sum of `weights`.
    """
    xp = sys.modules[type(weights).__module__.partition(".")[0]]  # numpy or torch
    ranks = xp.arange(weights.shape[-1], device=weights.device)
    inside = ((limits.top_k == 0) | (ranks < limits.top_k)) & (weights >= 0)
    weights = weights * inside
    summed = weights.cumsum(-1)
    mass = summed[..., -1:]
    if total is not None:  # a choice by 0 and 1, for `where` takes no plain numbers in torch
        mass = total * (limits.top_k == 0) + mass * (limits.top_k > 0)
    reached = (summed >= limits.top_p * mass) & (limits.top_p < 1)
    inside[..., 1:] &= ~reached[..., :-1]
    floor = limits.min_p * weights[..., :1]
    inside &= weights >= floor
    complete = (limits.top_k > 0) | reached[..., -1:] | (weights[..., -1:] < floor)
    return Support(inside, complete)
