"""Teacher-forced passes: log-probabilities of chosen places of carriers, a batch at a time.

Rows are padded on the right: every layer of a causal model, recurrent ones too, looks to the left
only, so that no mask is needed. Logits exist for one batch at a time, however many the carriers.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM

from ssdmath.mechanism.tokenizer import CarrierError

LOGITS = 1 << 19  # elements of a batch's logits: 2 MB in float32, of which sorting makes copies
TOKENS = 1 << 14  # tokens of a batch; a large vocabulary goes a row at a time


class Row(NamedTuple):
    """A carrier and the numbers of its completion's tokens that are asked about."""

    carrier: int
    prompt: Sequence[int]
    completion: Sequence[int]
    places: Sequence[int]

    @property
    def length(self) -> int:
        """Tokens of prompt and completion."""
        return len(self.prompt) + len(self.completion)

    @property
    def columns(self) -> list[int]:
        """Where the model says what it expects at each place: one token before it."""
        return [len(self.prompt) + place - 1 for place in self.places]


class Reader:
    """A causal language model on disk, in float32 on a CPU and bfloat16 on a GPU."""

    def __init__(self, folder: str | Path) -> None:
        """Load the model."""
        self.folder = folder
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if self.device == "cuda" else torch.float32
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
        self.model = model.to(self.device).eval()

    @property
    def width(self) -> int:
        """Entries of the output vocabulary."""
        return int(self.model.get_output_embeddings().weight.shape[0])

    def log_probabilities(self, batch: Sequence[Row]) -> Tensor:
        """Log p of every place of every row, one below the other: float32 [places, vocabulary]."""
        with torch.inference_mode():
            return self._forward(batch)

    def _forward(self, batch: Sequence[Row]) -> Tensor:
        ids = torch.zeros(len(batch), max(row.length for row in batch), dtype=torch.int64)
        for at, row in enumerate(batch):
            ids[at, : row.length] = torch.tensor([*row.prompt, *row.completion])
        asked = sorted({column for row in batch for column in row.columns})
        where = {column: at for at, column in enumerate(asked)}
        keep = torch.tensor(asked, device=self.device)
        logits = self.model(ids.to(self.device), logits_to_keep=keep, use_cache=False).logits
        rows = [at for at, row in enumerate(batch) for _ in row.places]
        columns = [where[column] for row in batch for column in row.columns]
        found: Tensor = logits[rows, columns].float().log_softmax(dim=-1)
        return found


def batches(rows: Sequence[Row], vocabulary: int) -> Iterator[list[Row]]:
    """Rows in order of length, as many at a time as fit; a row that does not fit goes alone."""
    batch: list[Row] = []
    for row in sorted((row for row in rows if row.places), key=lambda r: (r.length, r.carrier)):
        asked = {column for one in [*batch, row] for column in one.columns}
        logits = (len(batch) + 1) * len(asked) * vocabulary
        if batch and (logits > LOGITS or (len(batch) + 1) * row.length > TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def check_width(reader: Reader, expected: int, whose: str) -> None:
    """Raise unless a checkpoint gives logits for as many tokens as base does."""
    if reader.width != expected:
        found = f"a vocabulary of {reader.width} tokens, {whose} has {expected}"
        raise CarrierError(f"{reader.folder}: {found}; allowed: a checkpoint that was not resized")
