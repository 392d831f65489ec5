"""How much of the machine's arithmetic a model's work uses: its FLOP against those of a matmul.

The work that counts is the model's: two operations for each weight of a matrix and token, and the
products of attention. What is computed beside it (padding, prompts again, sampling) is not counted,
so the share is what Chowdhery et al. 2022 (PaLM, appendix B) call model FLOPs utilisation.
"""

import statistics
from typing import Any

import timing
import torch

SIZE, PRODUCTS, REPEATS = 1024, 8, 5
BACKWARD = 2  # times the forward pass


def matmul() -> float:
    """FLOP per processor second of float32 products of square matrices, with the threads set."""
    left, right = torch.rand(SIZE, SIZE), torch.rand(SIZE, SIZE)

    def multiply() -> None:
        for _ in range(PRODUCTS):
            torch.mm(left, right)

    times = timing.alternate([multiply], REPEATS)[0]
    return float(2 * SIZE**3 * PRODUCTS / statistics.median(used for _, used in times))


def per_token(model: Any, context: float) -> float:
    """FLOP of a forward pass over one token with `context` tokens before it, on average."""
    config = model.config
    embedded = model.get_input_embeddings().weight.numel()
    weights = sum(one.numel() for one in model.parameters() if one.dim() == 2)
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    products = weights if tied else weights - embedded  # looking an embedding up is no product
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    attention = 2 * config.num_hidden_layers * config.num_attention_heads * head * context
    return float(2 * (products + attention))


def said(flops: float, limit: float) -> str:
    """A rate as a share of the limit, in words."""
    share = f"{100 * flops / limit:.0f} % of the {limit / 1e9:.0f} GFLOP/s of a matmul"
    return f"{flops / 1e9:.1f} GFLOP/s, {share}"
