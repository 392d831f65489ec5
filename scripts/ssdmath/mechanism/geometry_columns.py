"""The geometry's panels as columns of one matrix, summed per context.

Of each model only one row of sums per context is kept, neither logits nor positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.mechanism import distributions
from ssdmath.mechanism.panels import BEYOND_RANK, CLOSING, ENTROPY, MASS_OF, SURVIVORS, TOP_MASS
from ssdmath.mechanism.tokenizer import ModelTokenizer
from ssdmath.stats.resampling import Floats

RANKS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000)


class Column(NamedTuple):
    """A panel and a value on its axis; None for a panel of one number."""

    panel: str
    x: float | None


@dataclass(frozen=True)
class GeometryColumns:
    """What is computed at every position, and in which order."""

    columns: list[Column]
    ranks: list[int]
    words: dict[str, list[int]]
    temperatures: list[float]
    top_k: int
    top_p: float

    @classmethod
    def of(
        cls, config: MechanismConfig, tokenizer: ModelTokenizer, width: int
    ) -> "GeometryColumns":
        """The columns of a study for a model with `width` logits."""
        ranks = [rank for rank in RANKS if rank < width]
        words = {word: tokenizer.ids_of(word) for word in (CLOSING, *config.corrections)}
        words = {word: ids for word, ids in words.items() if ids}
        columns = [Column(BEYOND_RANK, rank) for rank in ranks]
        for panel in (SURVIVORS, ENTROPY, TOP_MASS):
            columns += [Column(panel, t) for t in config.temperatures]
        columns += [Column(MASS_OF + word, None) for word in words]
        top_k = min(config.top_k, width)
        return cls(columns, ranks, words, config.temperatures, top_k, config.top_p)

    def values(self, logp: Tensor) -> Tensor:
        """Every column at every position: float64 [positions, columns]."""
        needed = max(self.ranks[-1], self.top_k, distributions.TOP)
        ranked, _ = distributions.likeliest(logp, needed)
        filtered = distributions.filtered(
            logp, ranked, self.temperatures, top_k=self.top_k, top_p=self.top_p
        )
        parts = [distributions.beyond_ranks(ranked, self.ranks), *filtered]
        parts += [logp[:, ids].double().exp().sum(dim=1)[:, None] for ids in self.words.values()]
        return torch.cat(parts, dim=1)


class ContextSums:
    """Sums over the positions of each context: totals [contexts, columns], counts [contexts]."""

    def __init__(self, contexts: int, columns: int) -> None:
        """Start at zero."""
        self.totals: Floats = np.zeros((contexts, columns))
        self.counts: Floats = np.zeros(contexts)

    def add(self, contexts: Sequence[int], values: Tensor) -> None:
        """Add positions [positions, columns], each to its context."""
        index = np.asarray(contexts, dtype=np.int64)
        np.add.at(self.totals, index, values.cpu().numpy())
        np.add.at(self.counts, index, 1.0)

    def first(self, contexts: int) -> tuple[Floats, Floats]:
        """Totals and counts of the first contexts; sampled ones come before generated ones."""
        return self.totals[:contexts], self.counts[:contexts]
