"""Keys and values of many completions of unequal length, and the attention over them.

Rows are filled from column 0, so a row's arithmetic does not know what else is in the batch: padded
to multiples of `ROWS` rows and `COLUMNS` columns, the float32 matrix products of the CPU give every
row the same bits in any company (measured with MKL; tests/test_engine.py holds it).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

ATTENTION = "ssdmath"  # the name under which `attend` is registered in transformers
ROWS = 16
COLUMNS = 32


def padded(count: int, to: int) -> int:
    """`count` rounded up to a multiple of `to`, at least `to`."""
    return max(to, -(-count // to) * to)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    scaling: float,
    store: "PromptStore | SlotStore",
    **_: object,
) -> tuple[Tensor, None]:
    """The attention interface of transformers; the store given to the forward pass does it."""
    return store.attend(int(module.layer_idx), query, key, value, scaling), None


class PromptStore:
    """Keys and values of prompts of one padded length, gathered in one causal forward pass."""

    def __init__(self) -> None:
        """Hold nothing yet; a forward pass fills it."""
        self.layers: list[Tensor] = []  # per layer [2, prompts, kv heads, columns, head size]

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        """Causal attention [prompts, columns, heads, head size]; padding on the right is inert."""
        del layer  # layers come in order
        self.layers.append(torch.stack((key, value)))
        mixed = functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=True
        )
        return mixed.transpose(1, 2)

    def prompt(self, row: int, columns: int) -> list[Tensor]:
        """Per layer [2, kv heads, columns, head size] of one prompt."""
        return [layer[:, row, :, :columns].clone() for layer in self.layers]


class SlotStore:
    """Keys and values of the rows of a running batch; `lengths` says how much of a row is real."""

    def __init__(
        self, *, layers: int, slots: int, kv_heads: int, columns: int, size: int, like: Tensor
    ) -> None:
        """Make room for `columns` tokens a slot, in the dtype and on the device of `like`."""
        self.columns = padded(columns, COLUMNS)
        self.token_bytes = 2 * layers * kv_heads * size * like.itemsize
        shape = (2, slots, kv_heads, self.columns, size)
        self.layers = [like.new_zeros(shape) for _ in range(layers)]
        self.lengths = torch.zeros(slots, dtype=torch.int64, device=like.device)
        self._wide = 0
        self._mask = self._where = self.lengths

    def place(self, slot: int, prompt: Sequence[Tensor], length: int) -> None:
        """Start a row: copy a prompt's keys and values into a slot."""
        for mine, theirs in zip(self.layers, prompt, strict=True):
            mine[:, slot, :, : theirs.shape[2]] = theirs
        self.lengths[slot] = length

    def free(self, slots: Tensor) -> None:
        """Forget rows; until it is filled again a free slot stores and reads harmless tokens."""
        self.lengths[slots] = 0

    def move(self, source: int, target: int) -> None:
        """Move a row to a free slot."""
        length = int(self.lengths[source])
        for layer in self.layers:
            layer[:, target, :, :length] = layer[:, source, :, :length]
        self.lengths[target] = length
        self.lengths[source] = 0

    def open(self, rows: int, longest: int) -> None:
        """Make room for one more token in the first `rows` rows, none of more than `longest`."""
        self._wide = padded(longest + 1, COLUMNS)
        if self._wide > self.columns:
            self._grow(padded(self._wide + self._wide // 4, COLUMNS))
        lengths, kv_heads = self.lengths[:rows], self.layers[0].shape[2]
        hidden = torch.arange(self._wide, device=lengths.device) > lengths[:, None]
        mask = self.layers[0].new_zeros(hidden.shape).masked_fill_(hidden, -torch.inf)
        self._mask = mask.repeat_interleave(kv_heads, dim=0)[:, None]
        heads = torch.arange(rows * kv_heads, device=lengths.device)
        self._where = heads * self.columns + lengths.repeat_interleave(kv_heads)

    def close(self, live: Tensor) -> None:
        """Count the token just stored in every open row that is live (bool [rows])."""
        self.lengths[: len(live)] += live

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        """Store one token a row and attend to all its tokens: [rows, 1, heads, head size].

        The query heads of one key-value head are the rows of one matrix product, so that nothing
        is repeated in memory.
        """
        rows, heads, _, size = query.shape
        keys, values = self.layers[layer].view(2, -1, size)
        keys.index_copy_(0, self._where, key.reshape(-1, size))
        values.index_copy_(0, self._where, value.reshape(-1, size))
        groups = rows * key.shape[1]
        keys = keys.view(-1, self.columns, size)[:groups, : self._wide]
        values = values.view(-1, self.columns, size)[:groups, : self._wide]
        grouped = query.reshape(groups, -1, size)
        score = torch.baddbmm(self._mask, grouped, keys.transpose(1, 2), alpha=scaling)
        return torch.bmm(score.softmax(dim=-1), values).view(rows, 1, heads, size)

    def _grow(self, columns: int) -> None:
        for number, layer in enumerate(self.layers):
            shape = (*layer.shape[:3], columns, layer.shape[4])
            self.layers[number] = layer.new_zeros(shape)
            self.layers[number][:, :, :, : self.columns] = layer
        self.columns = columns
