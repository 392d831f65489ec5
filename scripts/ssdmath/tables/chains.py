"""What draws with a power cost, from the provenance of their cells of samples."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from ssdmath.config.names import Cell
from ssdmath.tables import parquet

KEY = "chains"  # in the provenance of a cell whose decoding has a power


class Cost(NamedTuple):
    """Sums over the draws of a cell."""

    draws: int
    kept: int  # tokens of the completions
    drawn: int  # tokens, with those of drafts and redraws that were given up
    moves: int
    accepted: int  # moves
    changed: int  # moves after which the completion was another

    @property
    def factor(self) -> float:
        """Tokens drawn per token kept."""
        return self.drawn / self.kept

    @classmethod
    def total(cls, costs: Iterable[Self]) -> Self:
        """Sum over cells; at least one is given."""
        return cls(*map(sum, zip(*costs, strict=True)))


def read(samples: Sequence[str]) -> dict[Cell, Cost]:
    """The cost of each cell of samples whose decoding has a power; empty cells are left out."""
    stored = {Cell.of(path): parquet.provenance(path).get(KEY) for path in samples}
    return {
        cell: Cost(**found)
        for cell, found in stored.items()
        if isinstance(found, dict) and found["draws"]
    }


def factors(samples: Sequence[str]) -> dict[tuple[str, str, str], float]:
    """Tokens drawn per token kept, by model, split and decoding; over all sampling seeds."""
    costs = read(samples)
    places = {(cell.model, cell.split, cell.decoding) for cell in costs}
    return {
        place: Cost.total(cost for cell, cost in costs.items() if cell[:3] == place).factor
        for place in sorted(places)
    }
