"""Keys and values of many completions of unequal length, and the attention over them.

A draw must not depend on what else is in the batch, to the last bit. Every row starts at column 0,
and the arrays are padded to multiples of `ROWS` rows and `COLUMNS` columns: with these shapes the
float32 matrix products of the CPU give a row the same bits in any batch (measured with MKL;
tests/sampling/test_transformers_engine.py checks it).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

ATTENTION = "ssdmath"  # the name under which `attend` is registered in transformers
ROWS = 16
COLUMNS = 32


def padded(count: int, to: int) -> int:
    """Round `count` up to a multiple of `to`, at least `to`."""
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
    """Attend as transformers' attention interface; the store passed to the forward pass does it."""
    return store.attend(int(module.layer_idx), query, key, value, scaling), None


class PromptStore:
    """Keys and values of prompts of the same padded length, from one causal forward pass."""

    def __init__(self) -> None:
        """Start empty; a forward pass fills it."""
        self.layers: list[tuple[Tensor, Tensor]] = []  # [prompts, kv heads, columns, head size]

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        """Causal attention [prompts, columns, heads, head size]; nothing attends to the padding."""
        del layer  # layers are called in order
        self.layers.append((key, value))
        mixed = functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, scale=scaling, enable_gqa=True
        )
        return mixed.transpose(1, 2)

    def prompt(self, row: int, columns: int) -> Tensor:
        """Keys and values of one prompt: [2, layers, kv heads, columns, head size]."""
        keys, values = (
            [layer[row, :, :columns] for layer in side] for side in zip(*self.layers, strict=True)
        )
        return torch.stack([torch.stack(keys), torch.stack(values)])


class SlotStore:
    """Keys and values of the rows of a running batch; `lengths` [slots] are the tokens of each row.

    Keys are stored with the columns last, as the product with the query reads them: twice as fast.
    """

    def __init__(
        self, *, layers: int, slots: int, kv_heads: int, columns: int, size: int, like: Tensor
    ) -> None:
        """Allocate `columns` tokens per slot, in the dtype and on the device of `like`."""
        self.columns = padded(columns, COLUMNS)
        self.token_bytes = 2 * layers * kv_heads * size * like.itemsize
        self._heads, self._size = kv_heads, size
        self._keys = [like.new_zeros(slots * kv_heads, size, self.columns) for _ in range(layers)]
        self._values = [like.new_zeros(slots * kv_heads, self.columns, size) for _ in range(layers)]
        self.lengths = torch.zeros(slots, dtype=torch.int64, device=like.device)
        self._width = 0
        self._mask = self._row = self._column = self.lengths

    def place(self, slot: int, prompt: Tensor) -> None:
        """Start a row: copy a prompt's keys and values into a slot."""
        length = prompt.shape[3]
        rows = self._rows_of(slot)
        for keys, values, key, value in zip(self._keys, self._values, *prompt, strict=True):
            keys[rows, :, :length] = key.transpose(1, 2)
            values[rows, :length] = value
        self.lengths[slot] = length

    def free(self, slots: Tensor) -> None:
        """Empty slots; free slots go on storing and reading tokens that nobody uses."""
        self.lengths[slots] = 0

    def move(self, source: int, target: int) -> None:
        """Move a row to a free slot."""
        length, old, new = int(self.lengths[source]), self._rows_of(source), self._rows_of(target)
        for keys, values in zip(self._keys, self._values, strict=True):
            keys[new, :, :length] = keys[old, :, :length]
            values[new, :length] = values[old, :length]
        self.lengths[target] = length
        self.lengths[source] = 0

    def open(self, rows: int, longest: int) -> None:
        """Prepare a step of the first `rows` rows, each of at most `longest` tokens."""
        self._width = padded(longest + 1, COLUMNS)
        if self._width > self.columns:
            self._grow(padded(self._width + self._width // 4, COLUMNS))
        lengths = self.lengths[:rows].repeat_interleave(self._heads)
        hidden = torch.arange(self._width, device=lengths.device) > lengths[:, None]
        mask = self._values[0].new_zeros(hidden.shape)
        self._mask = mask.masked_fill_(hidden, -torch.inf)[:, None]
        self._row = torch.arange(len(lengths), device=lengths.device)
        self._column = lengths

    def close(self, active: Tensor) -> None:
        """Count the token just stored in every row of the step that is active (bool [rows])."""
        self.lengths[: len(active)] += active

    def attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, scaling: float
    ) -> Tensor:
        """Store one token per row and attend to all its tokens: [rows, 1, heads, head size].

        The query heads that share a key-value head are the rows of one matrix product, so no key
        or value is copied.
        """
        rows, heads, _, size = query.shape
        keys, values = self._keys[layer], self._values[layer]
        keys[self._row, :, self._column] = key.reshape(-1, size)
        values[self._row, self._column] = value.reshape(-1, size)
        groups = len(self._row)
        grouped = query.reshape(groups, -1, size)
        score = torch.baddbmm(self._mask, grouped, keys[:groups, :, : self._width], alpha=scaling)
        mixed = torch.bmm(score.softmax(dim=-1), values[:groups, : self._width])
        return mixed.view(rows, 1, heads, size)

    def _rows_of(self, slot: int) -> slice:
        return slice(slot * self._heads, (slot + 1) * self._heads)

    def _grow(self, columns: int) -> None:
        for number, (keys, values) in enumerate(zip(self._keys, self._values, strict=True)):
            extra = columns - self.columns
            self._keys[number] = functional.pad(keys, (0, extra))
            self._values[number] = functional.pad(values, (0, 0, 0, extra))
        self.columns = columns
