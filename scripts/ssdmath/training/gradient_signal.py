"""How much of a training set's gradient is signal (method.md 7; McCandlish et al., 1812.06162).

A batch of B rows has |g_B|^2 = |G|^2 + tr(Sigma) / B on average: the squared mean gradient, which
training follows, and noise. Rows one by one and all together are the two batch sizes. Measured
beside the training, on a model as loaded, so that no step of the training can feel it.
"""

import math
from typing import Any

import polars as pl
import torch
from trl.trainer import add_fused_lm_head

SKETCH = 1 << 15  # numbers a row's gradient is folded into; inner products keep to 1 %
Z = 1.96
FEWEST = 3  # rows a jackknife needs


def signal(model: Any, rows: pl.DataFrame, *, count: int, batch: int) -> dict[str, float]:
    """Estimate |G|^2 with its 95 % interval, tr(Sigma), and the share of |G|^2 in |g_B|^2.

    `count` rows of a TRAINING_SET are used, evenly spread over it: no random number is drawn.
    """
    chosen = rows.gather_every(max(1, rows.height // count)).head(count)
    if chosen.height < FEWEST:
        return {"rows": chosen.height}
    products = inner_products(model, chosen)
    return summary(products, batch=batch)


def summary(products: torch.Tensor, *, batch: int) -> dict[str, float]:
    """Turn the inner products of `count` row gradients into the estimates; unbiased.

    The mean over pairs of different rows estimates |G|^2, the mean over rows |G|^2 + tr(Sigma). The
    interval is the jackknife's over rows, which is too wide rather than too narrow where G is 0.
    """
    count = len(products)
    own, total = products.diagonal(), products.sum()
    squared = float((total - own.sum()) / (count * (count - 1)))
    noise = float(own.mean()) - squared
    without = (total - 2 * products.sum(dim=1) + own) - (own.sum() - own)
    left_out = without / ((count - 1) * (count - 2))
    spread = (count - 1) / count * (left_out - left_out.mean()).square().sum()
    half = Z * math.sqrt(float(spread))
    return {
        "rows": count,
        "mean_gradient_squared": squared,
        "lo": squared - half,
        "hi": squared + half,
        "noise": noise,
        "signal_share": max(0.0, squared) / (max(0.0, squared) + noise / batch),
    }


def inner_products(model: Any, rows: pl.DataFrame) -> torch.Tensor:
    """Inner products [rows, rows] of the rows' shares in the gradient of their mean token loss.

    Each gradient is folded into a sketch with random signs, so that one is held at a time; its own
    square, on the diagonal, is exact.
    """
    add_fused_lm_head(model)  # keeps the logits of a long row out of memory
    model.requires_grad_(True).train()
    cuda = torch.cuda.is_available()
    if cuda:
        model.cuda().gradient_checkpointing_enable()
    tokens = rows["token_ids"].list.len().mean()
    sketches, squares = [], []
    for prompt, completion in rows.select("prompt_ids", "token_ids").iter_rows():
        with torch.autocast("cuda", torch.bfloat16, enabled=cuda):
            loss = _loss(model, prompt, completion) / tokens
        loss.backward()
        sketch, square = _fold(model)
        sketches.append(sketch)
        squares.append(square)
        model.zero_grad()
    model.cpu().eval()
    folded = torch.stack(sketches).double()
    products = folded @ folded.T
    products.diagonal().copy_(torch.tensor(squares))
    return products


def _loss(model: Any, prompt: list[int], completion: list[int]) -> torch.Tensor:
    """Sum of -log p over the completion of one row."""
    ids = torch.tensor([[*prompt, *completion]], device=model.device)
    labels = ids.clone()
    labels[0, : len(prompt)] = -100
    found = model(input_ids=ids, labels=labels, fused_lm_head=True)
    return -found.log_probs.sum()


def _fold(model: Any) -> tuple[torch.Tensor, float]:
    """Sketch and squared length of the gradient a model holds."""
    chance = torch.Generator().manual_seed(0)  # its own, and the same signs for every row
    sketch, square = torch.zeros(SKETCH, device=model.device), 0.0
    for parameter in model.parameters():
        if parameter.grad is not None:
            flat = parameter.grad.flatten().float()
            square += float(flat.dot(flat))
            whole = len(flat) // SKETCH
            signs = (torch.randint(0, 2, (whole + 1,), generator=chance) * 2.0 - 1).to(flat.device)
            sketch += signs[:-1] @ flat[: whole * SKETCH].view(whole, SKETCH)
            rest = flat[whole * SKETCH :]
            sketch[: len(rest)] += signs[-1] * rest
    return sketch.cpu(), square
