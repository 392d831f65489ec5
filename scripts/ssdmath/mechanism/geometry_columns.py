"""The panels of the geometry as columns of one matrix, summed carrier by carrier.

What is kept of a model is one row of sums a carrier, not its logits and not its positions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ssdmath.mechanism import distributions
from ssdmath.mechanism.tokenizer import Vocabulary
from ssdmath.stats.resampling import Floats

RANKS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500, 1000)
BEYOND, SURVIVORS, ENTROPY = "beyond rank", "survivors", "entropy"
TOP_MASS, MATCHED, MASS = "top-20 mass", "matched entropy", "mass of "
CLOSING = "</think>"


class Column(NamedTuple):
    """A panel and where on its axis; None for a panel of one number."""

    panel: str
    x: float | None


@dataclass(frozen=True)
class Panels:
    """What is measured at every position, and in which order."""

    columns: list[Column]
    ranks: list[int]
    words: dict[str, list[int]]
    temperatures: list[float]
    top_k: int
    top_p: float

    @classmethod
    def of(cls, settings: Mapping[str, Any], vocabulary: Vocabulary, width: int) -> "Panels":
        """The panels of a study on a model with `width` logits."""
        ranks = [rank for rank in RANKS if rank < width]
        words = {word: vocabulary.ids_of(word) for word in (CLOSING, *settings["corrections"])}
        words = {word: ids for word, ids in words.items() if ids}
        columns = [Column(BEYOND, rank) for rank in ranks]
        for panel in (SURVIVORS, ENTROPY, TOP_MASS):
            columns += [Column(panel, t) for t in settings["temperatures"]]
        columns += [Column(MASS + word, None) for word in words]
        top_k, top_p = min(settings["top_k"], width), settings["top_p"]
        return cls(columns, ranks, words, settings["temperatures"], top_k, top_p)

    def values(self, logp: Tensor) -> Tensor:
        """Every column at every position: float64 [positions, columns]."""
        most = max(self.ranks[-1], self.top_k, distributions.TOP)
        ranked, _ = distributions.likeliest(logp, most)
        kept = distributions.filtered(
            logp, ranked, self.temperatures, top_k=self.top_k, top_p=self.top_p
        )
        parts = [distributions.beyond_ranks(ranked, self.ranks), *kept]
        parts += [logp[:, ids].double().exp().sum(dim=1)[:, None] for ids in self.words.values()]
        return torch.cat(parts, dim=1)


@dataclass
class Sums:
    """Sums over positions, a row a carrier."""

    carriers: int
    columns: int
    totals: Floats = field(init=False)
    counts: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Start at nothing."""
        self.totals = np.zeros((self.carriers, self.columns))
        self.counts = np.zeros(self.carriers)

    def add(self, carriers: Sequence[int], values: Tensor) -> None:
        """Add positions [positions, columns], each to its carrier."""
        at = np.asarray(carriers, dtype=np.int64)
        np.add.at(self.totals, at, values.cpu().numpy())
        np.add.at(self.counts, at, 1.0)

    def of(self, carriers: int) -> tuple[Floats, Floats]:
        """Totals and counts of the first carriers: the sampled ones stand first."""
        return self.totals[:carriers], self.counts[:carriers]
