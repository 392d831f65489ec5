"""Training health: did the weights move, and by how much (METHOD section 7)."""

from typing import Any

import torch

QUANTILES = (0.5, 0.9, 0.99, 1.0)


def weights_changed(base: Any, trained: Any) -> dict[str, Any]:
    """Compare two models parameter by parameter.

    Returns the number of parameters, the share that changed (float32, and after rounding both to
    bf16: updates below its quantum are lost), the relative size of the update (L2), and quantiles
    of its magnitude.
    """
    theirs = dict(base.named_parameters())
    before, after = [], []
    for name, parameter in trained.named_parameters():
        before.append(theirs[name].detach().flatten().float())
        after.append(parameter.detach().flatten().float())
    old, new = torch.cat(before), torch.cat(after)
    moved = (new - old).abs()
    return {
        "parameters": old.numel(),
        "changed": (moved > 0).double().mean().item(),
        "changed_bf16": (old.bfloat16() != new.bfloat16()).double().mean().item(),
        "relative_update": (moved.norm() / old.norm()).item(),
        "magnitude": {f"q{q:g}": _quantile(moved, q) for q in QUANTILES},
    }


def _quantile(values: torch.Tensor, q: float) -> float:
    """Return one quantile by rank; `torch.quantile` refuses tensors of over 16 M elements."""
    rank = max(1, round(q * values.numel()))
    return float(values.kthvalue(rank).values)
