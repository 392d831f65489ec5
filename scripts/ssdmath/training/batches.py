"""The order of the rows of a training: random batches, each sorted by length.

A forward pass takes a few rows of a batch and pads them to its longest. Which rows make up a batch
is what a plain shuffle gives; sorted, rows of one length meet in a forward, and the gradient of the
batch, a mean over its tokens, is the same. On the micro study it saves a fifth of the tokens.
"""

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler


class SortedBatches(Sampler[int]):  # type: ignore[misc]
    """Row numbers of one epoch, another order each; the same on every process."""

    def __init__(self, lengths: Sequence[int], *, batch: int, seed: int) -> None:
        """Order rows of these lengths (tokens) into batches of `batch` rows an optimizer step."""
        self._lengths, self._batch, self._seed = lengths, batch, seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Shuffle as for this epoch from now on; the trainer calls it, also when it resumes."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Rows of an epoch."""
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        """Yield every row once."""
        generator = torch.Generator().manual_seed(self._seed)
        # Seeding with seed + epoch would give one run's second epoch the order of another's first.
        for _ in range(self._epoch + 1):
            order = torch.randperm(len(self), generator=generator).tolist()
        for start in range(0, len(order), self._batch):
            yield from sorted(order[start : start + self._batch], key=self._lengths.__getitem__)
