"""Rows of a batch laid end to end without padding: allowed only where the model keeps them apart.

Linear attention has let the state of one row leak into the next without a word (ms-swift issue
9618), so the model at hand is asked before it is trained.
"""

from collections.abc import Sequence
from typing import Any

import torch
from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

AGREE = 1e-3  # largest difference of a token's log probability, nats, float32
LONGEST = 256  # tokens of a row that are compared; a leak shows from its first token on


class PackingError(ValueError):
    """A model whose packed rows are not what they are alone."""


def check_packing(model: Any, rows: Sequence[Sequence[int]]) -> None:
    """Raise unless packed rows of token ids have the probabilities that each has alone."""
    cut = [list(row)[:LONGEST] for row in rows]
    found = gap(model, cut)
    if not found <= AGREE:
        name = type(model).__name__
        leaks = f"packed rows of {name} differ by {found:.2g} nats from rows alone"
        raise PackingError(f"training.packing: {leaks} (at most {AGREE:g}); allowed here is false")


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
    pieces = together.split([len(row) for row in rows])
    return max(
        float((_chosen(mine, row) - _chosen(theirs, row)).abs().max())
        for mine, theirs, row in zip(alone, pieces, rows, strict=True)
    )


def _next_tokens(model: Any, inputs: dict[str, Any]) -> torch.Tensor:
    """Log probabilities of the next token at each position of a batch of one."""
    moved = {k: v.to(model.device) if torch.is_tensor(v) else v for k, v in inputs.items()}
    logits: torch.Tensor = model(**moved, use_cache=False).logits[0].float()
    return logits.log_softmax(dim=-1).cpu()


def _chosen(log_p: torch.Tensor, row: list[int]) -> torch.Tensor:
    return log_p[:-1].gather(1, torch.tensor(row[1:])[:, None])[:, 0]
