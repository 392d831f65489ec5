"""How much of a training set's gradient is signal (McCandlish et al., arXiv 1812.06162).

The gradient of a batch of B rows has |g_B|^2 = |G|^2 + tr(Sigma) / B on average: the squared
expected gradient, which training follows, plus noise. Measuring at two batch sizes (one row, and
all rows) separates the two. It is measured on a model of its own, so it cannot change the training
(docs/method.md, section 7).
"""

import math
from typing import Any

import polars as pl
import torch
from trl.trainer import add_fused_lm_head

from ssdmath.training.exact_target import ExactTarget

SKETCH = 1 << 15  # length that a row's gradient is reduced to; inner products are off by about 1 %
Z = 1.96  # of a normal 95 % interval
MINIMUM_ROWS = 3  # that a jackknife needs


def signal(
    model: Any, rows: pl.DataFrame, *, count: int, batch: int, target: ExactTarget | None = None
) -> dict[str, float]:
    """Estimate |G|^2 with its 95 % interval, tr(Sigma), and the share of |G|^2 in |g_B|^2.

    With a `target`, of the loss to it. `count` rows of a TRAINING_SET are used, evenly spread over
    it, without any random number. With fewer than three rows the result is their number only.
    """
    number = min(count, rows.height)
    chosen = rows[[i * rows.height // number for i in range(number)]]
    if chosen.height < MINIMUM_ROWS:
        return {"rows": chosen.height}
    return summary(inner_products(model, chosen, target), batch=batch)


def summary(products: torch.Tensor, *, batch: int) -> dict[str, float]:
    """Estimate signal and noise, without bias, from the inner products [rows, rows] of gradients.

    The mean over pairs of different rows estimates |G|^2, the mean over single rows |G|^2 +
    tr(Sigma). The interval is the jackknife's over rows (Efron and Stein 1981), which errs towards
    too wide where G is 0.
    """
    count = len(products)
    own, total = products.diagonal(), products.sum()
    squared = float((total - own.sum()) / (count * (count - 1)))
    noise = float(own.mean()) - squared
    # Without row i: the sum over all pairs less those of row i, over the remaining pairs.
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


def inner_products(
    model: Any, rows: pl.DataFrame, target: ExactTarget | None = None
) -> torch.Tensor:
    """Inner products [rows, rows] of the rows' parts in the gradient of the mean token loss.

    Each gradient is reduced to a sketch with random signs (Charikar et al. 2002), so that only one
    full gradient is in memory at a time. The squares on the diagonal are exact.
    """
    add_fused_lm_head(model)  # computes the loss in chunks; all logits of a long row would not fit
    if target is not None:
        target.attach(model)
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
        sketch, square = _sketch(model)
        sketches.append(sketch)
        squares.append(square)
        model.zero_grad()
    model.cpu().eval()
    if cuda:
        torch.cuda.empty_cache()  # the host compares models next; another process may need the card
    stacked = torch.stack(sketches).double()
    products = stacked @ stacked.T
    products.diagonal().copy_(torch.tensor(squares))
    return products


def _loss(model: Any, prompt: list[int], completion: list[int]) -> torch.Tensor:
    """Sum of -log p over the completion of one row."""
    ids = torch.tensor([[*prompt, *completion]], device=model.device)
    labels = ids.clone()
    labels[0, : len(prompt)] = -100
    output = model(input_ids=ids, labels=labels, fused_lm_head=True)
    return -output.log_probs.sum()


def _sketch(model: Any) -> tuple[torch.Tensor, float]:
    """Sketch and squared length of the gradient that a model holds.

    The flat gradient is cut into pieces of the sketch's length, each gets one random sign, and the
    pieces are added up. Rows share the signs, so inner products of sketches estimate those of rows.
    """
    generator = torch.Generator().manual_seed(0)  # the same signs for every row
    sketch, square = torch.zeros(SKETCH, device=model.device), 0.0
    for parameter in model.parameters():
        if parameter.grad is not None:
            flat = parameter.grad.flatten().float()
            square += float(flat.dot(flat))
            rows = len(flat) // SKETCH
            signs = (torch.randint(0, 2, (rows + 1,), generator=generator) * 2.0 - 1).to(
                flat.device
            )
            sketch += signs[:-1] @ flat[: rows * SKETCH].view(rows, SKETCH)
            tail = flat[rows * SKETCH :]
            sketch[: len(tail)] += signs[-1] * tail
    return sketch.cpu(), square
