"""The next token of every row of a batch, each under its own decoding (docs/method.md, section 2).

A presence penalty comes first, then temperature and truncation (`filters`), then Gumbel-max: adding
Gumbel noise to log weights and taking the largest draws from the distribution exactly (Gumbel
1954).

The rows of a batch fall into three kinds, handled one after the other: greedy rows need an argmax;
rows without truncation need noise for the whole vocabulary and no ranking; truncated rows are
ranked, and need noise for their few survivors only.
"""

import torch
from torch import Tensor

from ssdmath.sampling.filters import Filters, chunks, supports
from ssdmath.sampling.gumbel import gumbel


def draw(
    logits: Tensor, filters: Filters, keys: Tensor, steps: Tensor, used_tokens: Tensor | None = None
) -> Tensor:
    """Draw one token per row, int64 [rows], from logits [rows, vocabulary].

    `keys` and `steps` (int64 [rows]) determine the noise; `used_tokens` (bool, as logits) marks the
    tokens already in the completion and is read only where a presence penalty is set.
    """
    tokens = torch.empty(len(logits), dtype=torch.int64, device=logits.device)
    for rows in chunks(filters.greedy, logits.shape[1]):
        tokens[rows] = _penalised(logits, rows, filters, used_tokens).argmax(dim=-1)
    for rows in chunks(filters.untruncated, logits.shape[1]):
        z = _penalised(logits, rows, filters, used_tokens)
        ids = torch.arange(z.shape[1], device=z.device)
        score = z.double().div_(filters.temperature[rows, None])
        tokens[rows] = score.add_(gumbel(keys[rows], steps[rows], ids)).argmax(dim=-1)
    for rows in chunks(filters.truncated, logits.shape[1]):
        z = _penalised(logits, rows, filters, used_tokens)
        for chunk, ids, gap in supports(z, rows, filters):
            chosen = rows[chunk]
            # The noise belongs to token ids, not to ranks: a token gets the same noise whatever
            # else survives.
            score = gap.add_(gumbel(keys[chosen], steps[chosen], ids)).argmax(dim=-1, keepdim=True)
            tokens[chosen] = ids.gather(1, score)[:, 0]
    return tokens


def log_probabilities(logits: Tensor, tokens: Tensor) -> Tensor:
    """Log p of each row's token under T=1 without truncation or penalty, float64 [rows]."""
    every = torch.arange(len(logits), device=logits.device)
    by_chunk = []
    for rows in chunks(every, logits.shape[1]):
        z = logits[rows].double()
        by_chunk.append(z.gather(1, tokens[rows, None])[:, 0] - z.logsumexp(dim=-1))
    return torch.cat(by_chunk)


def power_masses(logits: Tensor, powers: Tensor) -> Tensor:
    """Log of the sum over the vocabulary of p^power, float64 [rows]; p under T=1, `powers` [rows].

    With it, a token drawn from p^power, renormalised, has the log weight: log of (p^power / its
    probability).
    """
    every = torch.arange(len(logits), device=logits.device)
    by_chunk = []
    for rows in chunks(every, logits.shape[1]):
        z, power = logits[rows].double(), powers[rows]
        raised = (z * power[:, None]).logsumexp(dim=-1)
        by_chunk.append(raised - power * z.logsumexp(dim=-1))
    return torch.cat(by_chunk)


def _penalised(
    logits: Tensor, rows: Tensor, filters: Filters, used_tokens: Tensor | None
) -> Tensor:
    z = logits[rows].float()
    if used_tokens is None or not filters.penalised:
        return z
    return z.sub_(filters.penalty[rows] * used_tokens[rows])
