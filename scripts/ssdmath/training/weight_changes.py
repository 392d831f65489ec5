"""Training health: whether and how far the weights moved (docs/method.md, section 7)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

QUANTILES = (0.5, 0.9, 0.99, 1.0)
RANKED = 1 << 24  # weights, evenly spread, whose changes are ranked for the quantiles
STILL, NOISE, MOVING = "nothing moved", "dominated by noise", "moving"


def weights_changed(base: Any, trained: Any) -> dict[str, Any]:
    """Compare two models parameter by parameter.

    Returns the number of parameters, the share that changed (in float32, and after rounding both
    models to bfloat16, where small updates vanish), the L2 norm of the update relative to the base
    weights, and quantiles of the absolute changes in both types.
    """
    total = sum(parameter.numel() for parameter in trained.parameters())
    stride = -(-total // RANKED)
    changed = changed_bf16 = 0
    update = size = 0.0
    ranked, ranked_bf16 = [], []
    for old, new in _pairs(base, trained):
        change, change_bf16 = (new - old).abs(), (new.bfloat16() - old.bfloat16()).abs()
        changed += int((change > 0).sum())
        changed_bf16 += int((change_bf16 > 0).sum())
        update += float(change.double().square().sum())
        size += float(old.double().square().sum())
        ranked.append(change[::stride])
        ranked_bf16.append(change_bf16[::stride].float())
    return {
        "parameters": total,
        "changed": changed / total,
        "changed_bf16": changed_bf16 / total,
        "relative_update": math.sqrt(update / size),
        "magnitude": _quantiles(torch.cat(ranked)),
        "magnitude_bf16": _quantiles(torch.cat(ranked_bf16)),
    }


def outcome(changed: Mapping[str, Any], start: Mapping[str, float]) -> str:
    """Judge a training from its weight changes and the signal before its first step.

    `changed` is from `weights_changed`, `start` from `gradient_signal.signal`.
    """
    if not changed["changed"]:
        return STILL
    return MOVING if start.get("lo", 0) > 0 else NOISE


def of_step(log: Sequence[Mapping[str, Any]], step: int) -> dict[str, Any]:
    """Loss, perplexity and gradient norm of a step, from the log of its run."""
    row = next(row for row in log if row["step"] == step)
    return {name: row[name] for name in ("loss", "perplexity", "grad_norm") if name in row}


def _pairs(base: Any, trained: Any) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield each parameter before and after, flat and float32."""
    before = dict(base.named_parameters())
    for name, parameter in trained.named_parameters():
        yield before[name].detach().flatten().float(), parameter.detach().flatten().float()


def _quantiles(values: torch.Tensor) -> dict[str, float]:
    """Quantiles by rank; `torch.quantile` refuses tensors of more than 16 M elements."""
    ranks = {f"q{q:g}": max(1, round(q * values.numel())) for q in QUANTILES}
    return {name: float(values.kthvalue(rank).values) for name, rank in ranks.items()}
