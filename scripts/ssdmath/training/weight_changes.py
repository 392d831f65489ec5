"""Training health: did the weights move, by how much, and after a signal (docs/method.md, 7)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

QUANTILES = (0.5, 0.9, 0.99, 1.0)
KEPT = 1 << 24  # weights whose change is ranked for the quantiles: evenly spread over all of them
STILL, NOISE, MOVING = "nothing moved", "dominated by noise", "moving"


def weights_changed(base: Any, trained: Any) -> dict[str, Any]:
    """Compare two models parameter by parameter.

    Returns the number of parameters, the share that changed (float32, and after rounding both to
    bf16: updates below its quantum are lost), the relative size of the update (L2), and quantiles
    of its magnitude, in both types.
    """
    total = sum(parameter.numel() for parameter in trained.parameters())
    stride = -(-total // KEPT)
    changed = changed_bf16 = 0
    update = size = 0.0
    kept, kept_bf16 = [], []
    for old, new in _pairs(base, trained):
        fine, coarse = (new - old).abs(), (new.bfloat16() - old.bfloat16()).abs()
        changed += int((fine > 0).sum())
        changed_bf16 += int((coarse > 0).sum())
        update += float(fine.double().square().sum())
        size += float(old.double().square().sum())
        kept.append(fine[::stride])
        kept_bf16.append(coarse[::stride].float())
    return {
        "parameters": total,
        "changed": changed / total,
        "changed_bf16": changed_bf16 / total,
        "relative_update": math.sqrt(update / size),
        "magnitude": _quantiles(torch.cat(kept)),
        "magnitude_bf16": _quantiles(torch.cat(kept_bf16)),
    }


def verdict(changed: Mapping[str, Any], start: Mapping[str, float]) -> str:
    """Say in a word or three what a training was: see `weights_changed` and `gradients.signal`.

    `start` is the signal of the training set before the first step: what there was to follow.
    """
    if not changed["changed"]:
        return STILL
    return MOVING if start.get("lo", 0) > 0 else NOISE


def of_step(log: Sequence[Mapping[str, Any]], step: int) -> dict[str, Any]:
    """Loss, perplexity and gradient norm of a step, from the log of its run."""
    row = next(one for one in log if one["step"] == step)
    return {name: row[name] for name in ("loss", "perplexity", "grad_norm") if name in row}


def _pairs(base: Any, trained: Any) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield each parameter before and after, flat and float32."""
    before = dict(base.named_parameters())
    for name, parameter in trained.named_parameters():
        yield before[name].detach().flatten().float(), parameter.detach().flatten().float()


def _quantiles(values: torch.Tensor) -> dict[str, float]:
    """Quantiles by rank; `torch.quantile` refuses tensors of over 16 M elements."""
    ranks = {f"q{q:g}": max(1, round(q * values.numel())) for q in QUANTILES}
    return {name: float(values.kthvalue(rank).values) for name, rank in ranks.items()}
