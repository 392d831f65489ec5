"""Which tokens every row of a batch may draw, each under its own decoding (docs/method.md, 2).

Order: temperature, top-k, top-p inside the top-k survivors, min-p. Tokens are ranked by (logit,
lower token id first), so that ties never depend on the sort and top-k keeps exactly k tokens. All
arithmetic is float64. A composed decoding first truncates as its target does, at the target's
temperature.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.stats.truncation import Support, Truncation, support

# Elements of a [rows, vocabulary] array worked on at once: on a CPU a few float64 copies of it stay
# in the cache, on a GPU launches stay few; a batch of 256 over 150,000 tokens needs no more memory.
CPU_CHUNK = 1 << 18
GPU_CHUNK = 1 << 23
NARROW = 64  # candidates that are ranked first where no top-k bounds the support
PLAIN = Decoding(temperature=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """The decodings of a batch as tensors, one entry per row, and the rows of each kind."""

    temperature: Tensor  # [rows] float64, at which survivors are drawn
    limits: Truncation  # of tensors [rows] float64
    target_temperature: Tensor  # [rows] float64, at which the target truncates
    target_limits: Truncation  # of tensors [rows] float64; neutral in rows that are not composed
    composed: Tensor  # bool [rows]: the target truncates
    penalty: Tensor  # [rows, 1] float32
    greedy: Tensor  # row numbers
    untruncated: Tensor  # row numbers
    truncated: Tensor  # row numbers
    width: int  # candidates to rank first in the truncated rows
    penalised: bool
    any_composed: bool
    powers: Tensor  # [rows] float64, 1 in rows without a power
    any_power: bool

    @classmethod
    def of(cls, decodings: Sequence[Decoding], device: torch.device | str = "cpu") -> Self:
        """Lay the decodings of a batch out as tensors."""
        # A batch of hundreds of rows holds few decodings, each the same object in many rows: build
        # small tensors over the distinct objects, then index them by row.
        kinds = list({id(decoding): decoding for decoding in decodings}.values())
        number = {id(decoding): kind for kind, decoding in enumerate(kinds)}
        kind_of = torch.tensor([number[id(decoding)] for decoding in decodings], device=device)

        def column(values: Sequence[float], dtype: torch.dtype = torch.float64) -> Tensor:
            return torch.tensor(values, dtype=dtype, device=device)[kind_of]

        def rows(chosen: Sequence[bool]) -> Tensor:
            return column(chosen, torch.bool).nonzero()[:, 0]

        def limits(of: Sequence[Decoding]) -> Truncation:
            values = ([getattr(kind, name) for kind in of] for name in Truncation._fields)
            return Truncation(*map(column, values))

        # A target that only tempers is a temperature like any other.
        composed = [bool(kind.target and kind.target.truncated) for kind in kinds]
        targets = [
            kind.target if kind.target and kind.target.truncated else PLAIN for kind in kinds
        ]
        truncated = [kind for kind in kinds if kind.truncated and not kind.greedy]
        return cls(
            temperature=column([kind.heat for kind in kinds]),
            limits=limits(kinds),
            target_temperature=column([target.temperature for target in targets]),
            target_limits=limits(targets),
            composed=column(composed, torch.bool),
            penalty=column([kind.presence_penalty for kind in kinds], torch.float32)[:, None],
            greedy=rows([kind.greedy for kind in kinds]),
            untruncated=rows([not kind.greedy and not kind.truncated for kind in kinds]),
            truncated=rows([not kind.greedy and kind.truncated for kind in kinds]),
            width=max((_candidates(kind) for kind in truncated), default=0),
            penalised=any(kind.presence_penalty > 0 for kind in kinds),
            any_composed=any(composed),
            powers=column([kind.power.alpha if kind.power else 1.0 for kind in kinds]),
            any_power=any(kind.power is not None for kind in kinds),
        )


def _candidates(decoding: Decoding) -> int:
    bounds = [part.top_k for part in (decoding, decoding.target) if part and part.top_k]
    return min(bounds, default=NARROW)


def chunks(rows: Tensor, vocabulary: int) -> Sequence[Tensor]:
    """Split row numbers so that a few float64 copies of each part's logits take little memory."""
    chunk = CPU_CHUNK if rows.device.type == "cpu" else GPU_CHUNK
    return rows.split(max(1, chunk // vocabulary)) if len(rows) else ()


def supports(z: Tensor, rows: Tensor, filters: Filters) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The exact support of each row: (row positions, token ids, tempered logits or -inf).

    `z` [n, vocabulary] float32 are the logits of the batch's rows `rows` [n], all truncated.
    Ranking a whole vocabulary is slow and nearly always needless, so the likeliest tokens are
    ranked first. Only rows whose support may reach beyond them are ranked completely.
    """
    rows_left = torch.arange(len(z), device=z.device)
    width = min(filters.width, z.shape[1])
    ids, gap, complete = _ranked(z, rows, filters, width)
    if bool(complete.all()):
        yield rows_left, ids, gap
        return
    yield rows_left[complete], ids[complete], gap[complete]
    incomplete = rows_left[~complete]
    ids, gap, _ = _ranked(z[incomplete], rows[incomplete], filters, z.shape[1])
    yield incomplete, ids, gap


def _ranked(z: Tensor, rows: Tensor, filters: Filters, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """The `width` likeliest ids of each row, their logits, and whether they hold the whole support.

    The logits are (z - max) / T, and -inf outside the support.
    """
    ids = _likeliest(z, width)
    ranked = z.gather(1, ids).double()
    best, temperature = ranked[:, :1].clone(), filters.temperature[rows, None]
    limits = Truncation(*(column[rows, None] for column in filters.limits))
    gap = ranked.sub_(best)
    target = _target(z, best, gap, rows, filters) if filters.any_composed else None
    if target is not None:
        gap.masked_fill_(~target.inside, -torch.inf)
    weights = gap.div_(temperature).exp()  # p / max p: no filter needs the normalised probability
    total = _total(z, best, temperature, limits, width)
    composed = filters.composed[rows, None]
    if target is not None and total is not None:  # the whole of a composed row is its target
        total = torch.where(composed, weights.sum(dim=-1, keepdim=True), total)
    inside, complete = support(weights, limits, total=total)
    if target is not None:
        complete = torch.where(composed, target.complete, complete)
    return ids, gap.masked_fill_(~inside, -torch.inf), complete[:, 0] | (width == z.shape[1])


def _target(z: Tensor, best: Tensor, gap: Tensor, rows: Tensor, filters: Filters) -> Support:
    """The support of each row's target among the ranked tokens; everything without a target."""
    temperature = filters.target_temperature[rows, None]
    limits = Truncation(*(column[rows, None] for column in filters.target_limits))
    total = _total(z, best, temperature, limits, gap.shape[1])
    return support((gap / temperature).exp(), limits, total=total)


def _total(
    z: Tensor, best: Tensor, temperature: Tensor, limits: Truncation, width: int
) -> Tensor | None:
    """The weight of the whole vocabulary, [rows, 1], where a nucleus refers to it; else None."""
    if width == z.shape[1] or not bool(((limits.top_k == 0) & (limits.top_p < 1)).any()):
        return None
    return (z.double() - best).div_(temperature).exp_().sum(dim=-1, keepdim=True)


def _likeliest(z: Tensor, width: int) -> Tensor:
    """Ids of the `width` largest logits of each row, ties to the lower id, int64 [rows, width].

    torch's topk leaves the order of ties open. So logit and id are packed into one integer: a
    float32's bits, read as an integer, are in the order of the floats once the bits below the sign
    of the negative ones are flipped; the high half holds them, the low half `last - id`.
    """
    bits = (z + 0.0).view(torch.int32)  # + 0.0 makes -0.0 and 0.0 one value
    ordered = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).long()
    last = z.shape[1] - 1
    keys = (ordered << 32) + torch.arange(last, -1, -1, device=z.device)
    if width > last:
        top = keys.sort(dim=-1, descending=True).values
    else:
        top = keys.topk(width, dim=-1).values
    return last - (top & 0xFFFFFFFF)
