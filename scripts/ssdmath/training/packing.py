"""Packing: the rows of a batch laid end to end without padding, where the model keeps them apart.

With linear attention the state of one row has silently leaked into the next (ms-swift issue 9618),
so every model is tested before it is trained with packing.
"""

from collections.abc import Sequence
from typing import Any

import torch
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

TOLERANCE = 1e-3  # largest difference of a token's log probability, nats, float32
COMPARED = 256  # tokens per row; a leak shows from the first token on


class PackingError(ValueError):
    """A model whose packed rows influence each other."""


def check_packing(model: Any, rows: Sequence[Sequence[int]]) -> None:
    """Raise PackingError unless packing rows of token ids leaves their probabilities alone."""
    cut = [list(row)[:COMPARED] for row in rows]
    difference = gap(model, cut)
    if not difference <= TOLERANCE:
        name = type(model).__name__
        leaks = f"packed rows of {name} differ by {difference:.2g} nats from rows alone"
        raise PackingError(
            f"training.packing: {leaks} (at most {TOLERANCE:g}); allowed here is false"
        )


def gap(model: Any, rows: Sequence[list[int]]) -> float:
    """Largest difference of any token's log probability between packed rows and rows alone."""
    collate = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)
    packed = collate([{"input_ids": row} for row in rows])
    packed.pop("labels")
    training = model.training
    model.eval()
    with torch.inference_mode():
        together = _next_tokens(model, packed)
        alone = [_next_tokens(model, {"input_ids": torch.tensor([row])}) for row in rows]
    model.train(training)
    by_row = together.split([len(row) for row in rows])
    return max(
        float((_of_tokens(single, row) - _of_tokens(packed_row, row)).abs().max())
        for single, packed_row, row in zip(alone, by_row, rows, strict=True)
    )


def _next_tokens(model: Any, inputs: dict[str, Any]) -> torch.Tensor:
    """Log probabilities of the next token at each position of a batch of one."""
    moved = {k: v.to(model.device) if torch.is_tensor(v) else v for k, v in inputs.items()}
    logits: torch.Tensor = model(**moved, use_cache=False).logits[0].float()
    return logits.log_softmax(dim=-1).cpu()


def _of_tokens(log_p: torch.Tensor, row: list[int]) -> torch.Tensor:
    """Log probabilities of the row's own tokens."""
    return log_p[:-1].gather(1, torch.tensor(row[1:])[:, None])[:, 0]
