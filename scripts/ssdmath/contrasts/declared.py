"""A declared contrast, resolved to the cells that it compares."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

from ssdmath.config.terms import Family


class Votes(NamedTuple):
    """How many draws of a side vote at a budget, and how long one of them is on average."""

    draws: int
    tokens: float  # of one draw, mean over the split

    @property
    def spent(self) -> float:
        """Tokens per problem."""
        return self.draws * self.tokens


@dataclass(frozen=True)
class Side:
    """One side of a contrast: the models (one per run) and the decoding they share."""

    models: tuple[str, ...]
    decoding: str
    votes: Votes | None = None  # None: single draws count, nobody votes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a side as the tables name it, `model[,model...] | decoding`; no votes."""
        models, _, decoding = text.partition("|")
        return cls(tuple(name.strip() for name in models.split(",")), decoding.strip())

    def __str__(self) -> str:
        """The side as the tables name it: `base | t0.7`."""
        return f"{','.join(self.models)} | {self.decoding}"


@dataclass(frozen=True)
class Contrast:
    """A declared question: whether `a` is better than `b` on `split`."""

    name: str
    family: Family | Literal["outside"]
    split: str
    a: Side
    b: Side
    budget: int | None = None  # tokens per problem, of either side
