"""Power sampling: a distribution over whole completions, p^alpha, and the moves that approach it.

Token by token, a temperature of 1/alpha sharpens each step alone. The power p^alpha of a whole
completion's probability also prefers first tokens after which likely continuations exist (Karan
and Du 2025, arXiv 2510.14901). It has no normaliser that can be computed, so it is approached by
Metropolis-Hastings moves (`sampling.power_chains`; docs/method.md, section 2).
"""

from pydantic import BaseModel, ConfigDict, Field

MARK = "-pow"  # before the power in a decoding's name
SHARPEST = 64  # beyond it one completion has all the mass, as far as any move can see
MOST_MOVES = 1000  # of one completion; each redraws half of it on average


class Power(BaseModel):
    """The exponent of a completion's probability, and the Metropolis-Hastings moves towards it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    alpha: float = Field(ge=1, le=SHARPEST, description="exponent of p; 1: base itself")
    moves: int = Field(ge=1, le=MOST_MOVES, description="moves after the first draft")

    @property
    def name(self) -> str:
        """The part of a slug that states it: `pow4x8` is alpha 4 after 8 moves."""
        return f"{MARK[1:]}{self.alpha:g}x{self.moves}"

    @property
    def drawn_share(self) -> float:
        """Expected tokens drawn per token kept: the draft, and about half of it per move.

        The cut is uniform over the positions, and lengths are taken to stay alike.
        """
        return 1 + self.moves / 2


def has_power(slug: str) -> bool:
    """Whether a decoding's name states a power."""
    return MARK in slug
