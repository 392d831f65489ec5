"""The next token of every row of a batch, each under its own decoding (docs/method.md, 2).

Order: presence penalty, temperature, top-k, top-p inside the top-k survivors, min-p, Gumbel-max.
Ranks are by (logit, lower token id first), so that ties cannot depend on a sort's mood: top-k keeps
exactly k tokens. After the penalty all arithmetic is float64.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.gumbel import gumbel

# Elements of a [rows, vocabulary] array worked on at once: on a CPU a few float64 copies of it stay
# in the cache, on a GPU launches stay few; a batch of 256 over 150,000 tokens needs no more memory.
CPU_CHUNK = 1 << 18
GPU_CHUNK = 1 << 23
NARROW = 64  # candidates tried first where a nucleus has no top-k to bound it


@dataclass(frozen=True, slots=True)
class Filters:
    """The decodings of a batch, one entry a row, and which rows need which work."""

    temperature: Tensor  # [rows] float64
    top_k: Tensor  # [rows] int64, 0: all
    top_p: Tensor  # [rows] float64
    min_p: Tensor  # [rows] float64
    penalty: Tensor  # [rows, 1] float32
    greedy: Tensor  # row numbers
    whole: Tensor  # row numbers without truncation
    cut: Tensor  # row numbers with truncation
    width: int  # candidates to rank first in the cut rows
    penalised: bool

    @classmethod
    def of(cls, decodings: Sequence[Decoding], device: torch.device | str = "cpu") -> Self:
        """Lay the decodings of a batch out as tensors."""
        # A batch of hundreds of rows holds few decodings, the same objects over and over.
        kinds = list({id(one): one for one in decodings}.values())
        number = {id(one): kind for kind, one in enumerate(kinds)}
        kind_of = torch.tensor([number[id(one)] for one in decodings], device=device)

        def column(values: Sequence[float], dtype: torch.dtype) -> Tensor:
            return torch.tensor(values, dtype=dtype, device=device)[kind_of]

        def rows(chosen: Sequence[bool]) -> Tensor:
            return column(chosen, torch.bool).nonzero()[:, 0]

        cut = [one for one in kinds if one.truncated and not one.greedy]
        return cls(
            temperature=column([one.temperature for one in kinds], torch.float64),
            top_k=column([one.top_k for one in kinds], torch.int64),
            top_p=column([one.top_p for one in kinds], torch.float64),
            min_p=column([one.min_p for one in kinds], torch.float64),
            penalty=column([one.presence_penalty for one in kinds], torch.float32)[:, None],
            greedy=rows([one.greedy for one in kinds]),
            whole=rows([not one.greedy and not one.truncated for one in kinds]),
            cut=rows([not one.greedy and one.truncated for one in kinds]),
            width=max((one.top_k or NARROW for one in cut), default=0),
            penalised=any(one.presence_penalty > 0 for one in kinds),
        )


def draw(
    logits: Tensor, filters: Filters, keys: Tensor, steps: Tensor, seen: Tensor | None = None
) -> Tensor:
    """One token a row, int64 [rows], from logits [rows, vocabulary].

    `keys` and `steps` (int64 [rows]) decide the noise; `seen` (bool, as logits) marks the tokens
    already in the completion and is read only where a presence penalty is set.
    """
    tokens = torch.empty(len(logits), dtype=torch.int64, device=logits.device)
    for rows in _chunks(filters.greedy, logits.shape[1]):
        tokens[rows] = _penalised(logits, rows, filters, seen).argmax(dim=-1)
    for rows in _chunks(filters.whole, logits.shape[1]):
        z = _penalised(logits, rows, filters, seen)
        ids = torch.arange(z.shape[1], device=z.device)
        score = z.double().div_(filters.temperature[rows, None])
        tokens[rows] = score.add_(gumbel(keys[rows], steps[rows], ids)).argmax(dim=-1)
    for rows in _chunks(filters.cut, logits.shape[1]):
        z = _penalised(logits, rows, filters, seen)
        for part, ids, gap in _supports(z, rows, filters):
            chosen = rows[part]
            score = gap.add_(gumbel(keys[chosen], steps[chosen], ids)).argmax(dim=-1, keepdim=True)
            tokens[chosen] = ids.gather(1, score)[:, 0]
    return tokens


def log_probabilities(logits: Tensor, tokens: Tensor) -> Tensor:
    """Log p of each row's token under T=1 without truncation or penalty, float64 [rows]."""
    every = torch.arange(len(logits), device=logits.device)
    parts = []
    for rows in _chunks(every, logits.shape[1]):
        z = logits[rows].double()
        parts.append(z.gather(1, tokens[rows, None])[:, 0] - z.logsumexp(dim=-1))
    return torch.cat(parts)


def _chunks(rows: Tensor, vocabulary: int) -> Sequence[Tensor]:
    chunk = CPU_CHUNK if rows.device.type == "cpu" else GPU_CHUNK
    return rows.split(max(1, chunk // vocabulary)) if len(rows) else ()


def _penalised(logits: Tensor, rows: Tensor, filters: Filters, seen: Tensor | None) -> Tensor:
    z = logits[rows].float()
    if seen is None or not filters.penalised:
        return z
    return z.sub_(filters.penalty[rows] * seen[rows])


def _supports(z: Tensor, rows: Tensor, filters: Filters) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The exact support of each row: (row positions, token ids, tempered logits or -inf).

    A nucleus is looked for among the likeliest tokens first; only rows where it does not fit there
    are ranked to the end.
    """
    part = torch.arange(len(z), device=z.device)
    width = min(filters.width, z.shape[1])
    ids, gap, settled = _ranked(z, rows, filters, width)
    if bool(settled.all()):
        yield part, ids, gap
        return
    yield part[settled], ids[settled], gap[settled]
    rest = part[~settled]
    ids, gap, _ = _ranked(z[rest], rows[rest], filters, z.shape[1])
    yield rest, ids, gap


def _ranked(z: Tensor, rows: Tensor, filters: Filters, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """The `width` likeliest ids of each row, their logits, and whether more cannot be needed.

    The logits are (z - max) / T, and -inf outside the support.
    """
    ids = _likeliest(z, width)
    ranked = z.gather(1, ids).double()
    best, temperature = ranked[:, :1].clone(), filters.temperature[rows, None]
    top_k, top_p = filters.top_k[rows, None], filters.top_p[rows, None]
    gap = ranked.sub_(best).div_(temperature)
    inside = (top_k == 0) | (torch.arange(width, device=z.device) < top_k)
    weight = gap.exp().masked_fill_(~inside, 0.0)  # p / max p: no filter needs more
    summed = weight.cumsum(dim=-1)
    mass = summed[:, -1:]
    open_nucleus = (top_k == 0) & (top_p < 1)
    if width < z.shape[1] and bool(open_nucleus.any()):
        total = (z.double() - best).div_(temperature).exp_().sum(dim=-1, keepdim=True)
        mass = torch.where(open_nucleus, total, mass)
    reached = (summed >= top_p * mass) & (top_p < 1)
    inside[:, 1:] &= ~reached[:, :-1]  # out if the tokens before it already reach p
    floor = filters.min_p[rows, None]
    inside &= weight >= floor
    settled = (top_k > 0) | reached[:, -1:] | (weight[:, -1:] < floor)
    return ids, gap.masked_fill_(~inside, -torch.inf), settled[:, 0] | (width == z.shape[1])


def _likeliest(z: Tensor, width: int) -> Tensor:
    """Ids of the `width` largest logits of each row, ties to the lower id, int64 [rows, width]."""
    bits = (z + 0.0).view(torch.int32)  # + 0.0 makes -0.0 and 0.0 one value
    ordered = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).long()  # integers in the order of the floats
    last = z.shape[1] - 1
    keys = (ordered << 32) + torch.arange(last, -1, -1, device=z.device)
    if width > last:
        top = keys.sort(dim=-1, descending=True).values
    else:
        top = keys.topk(width, dim=-1).values
    return last - (top & 0xFFFFFFFF)
