"""Teacher-forced passes: log-probabilities at chosen positions of contexts, a batch at a time.

Rows are padded on the right. A causal model, a recurrent one too, never depends on later tokens, so
that the padding needs no mask. A pass gives the hidden states of a batch, and logits are made of
them for a tile of positions at a time: neither the number of contexts nor their lengths decide how
many logits exist at once.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ssdmath.mechanism.tokenizer import ContextError
from ssdmath.models.loading import check_head, load_model

BATCH_LOGITS = 1 << 19  # elements of a batch's logits: 2 MB in float32, and sorting copies them
BATCH_TOKENS = 1 << 14  # tokens of a batch; with a large vocabulary a batch is a single row


class Row(NamedTuple):
    """A context's tokens, and the positions in its completion at which a model is evaluated."""

    context: int
    prompt: Sequence[int]
    completion: Sequence[int]
    positions: Sequence[int]

    @property
    def length(self) -> int:
        """Tokens of prompt and completion."""
        return len(self.prompt) + len(self.completion)

    @property
    def columns(self) -> list[int]:
        """Where the model's output for each position is: at the token before it."""
        return [len(self.prompt) + position - 1 for position in self.positions]


class TeacherForced:
    """A causal language model on disk, in float32 on a CPU and in bfloat16 on a GPU."""

    def __init__(self, folder: str | Path) -> None:
        """Load the model.

        ModelError if its weights do not fit, or its logits are not simply the output of its head.
        """
        self.folder = folder
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if self.device == "cuda" else torch.float32
        model = load_model(Path(folder), dtype)
        self.model = model.to(self.device).eval()
        check_head(folder, model)

    @property
    def width(self) -> int:
        """Number of logits per position."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    def hidden(self, batch: Sequence[Row]) -> Tensor:
        """Hidden states at every position of every row, row after row: [positions, hidden size]."""
        ids = torch.zeros(len(batch), max(row.length for row in batch), dtype=torch.int64)
        for i, row in enumerate(batch):
            ids[i, : row.length] = torch.tensor([*row.prompt, *row.completion])
        rows = [i for i, row in enumerate(batch) for _ in row.positions]
        columns = [column for row in batch for column in row.columns]
        with torch.inference_mode():
            passed = self.model.base_model(ids.to(self.device), use_cache=False)
            hidden: Tensor = passed.last_hidden_state[rows, columns]
        return hidden

    def log_probabilities(self, hidden: Tensor) -> Tensor:
        """Log p of each next token, float32 [positions, width], from hidden states."""
        with torch.inference_mode():
            logits = self.model.get_output_embeddings()(hidden)
            logp: Tensor = logits.float().log_softmax(dim=-1)
        return logp


def batches(rows: Sequence[Row], width: int) -> Iterator[list[Row]]:
    """Rows in order of length, as many per batch as fit; a row that never fits is a batch alone."""
    batch: list[Row] = []
    for row in sorted((row for row in rows if row.positions), key=lambda r: (r.length, r.context)):
        columns = {column for member in [*batch, row] for column in member.columns}
        logits = (len(batch) + 1) * len(columns) * width
        if batch and (logits > BATCH_LOGITS or (len(batch) + 1) * row.length > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def check_width(model: TeacherForced, expected: int, whose: str) -> None:
    """Raise ContextError unless a checkpoint has as many logits as base."""
    if model.width != expected:
        difference = f"a vocabulary of {model.width} tokens, {whose} has {expected}"
        raise ContextError(
            f"{model.folder}: {difference}; allowed: a checkpoint that was not resized"
        )
