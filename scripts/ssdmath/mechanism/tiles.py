"""How many positions are compared at once, so that peak memory does not grow with a context.

What a comparison holds beside the models grows with positions times vocabulary: log-probabilities,
targets and their sorted copies. So it works through the positions of a batch in tiles.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

GB = 1e9
# Per position and token of the vocabulary, at the peak. On a CPU it is 90, which
# tests/mechanism/test_tiles.py measures; the rest is for the copies that a sort on a GPU makes.
BYTES = 112

T = TypeVar("T")


def positions(memory: float, width: int) -> int:
    """How many positions with `width` logits each fit into `memory` bytes; at least one."""
    return max(1, int(memory / (BYTES * width)))


def tiles(items: Sequence[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    """Cut a sequence into pieces of `size`; yield each with the index of its first item."""
    for start in range(0, len(items), size):
        yield start, items[start : start + size]
