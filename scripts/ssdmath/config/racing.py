"""Racing on validation: how many draws every cell gets before the worst are dropped."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from ssdmath.config.base import ClosedModel, Count, PositiveShare, ProperShare


class RungConfig(ClosedModel):
    """A rung before the last one, which has every problem and draw of validation."""

    problems: PositiveShare = Field(description="Share of the validation problems, from the first.")
    draws: Count = Field(default=1, description="Number of draws per problem.")


class RacingConfig(ClosedModel):
    """Successive halving over the whole validation grid, the same for every arm."""

    rungs: Annotated[list[RungConfig], Field(min_length=1, max_length=8)] = Field(
        default=[RungConfig(problems=0.25), RungConfig(problems=0.5)],
        description="The rungs in ascending order; later ones add problems and draws to the cells "
        "that are left.",
    )
    keep: ProperShare = Field(
        default=1 / 3, description="Least share of an arm's cells that each rung keeps."
    )
    reach: float = Field(
        default=0.5,
        ge=0,
        le=100,
        description="Cells within so many standard errors of the leader are kept as well.",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        sizes = [(rung.problems, rung.draws) for rung in self.rungs]
        for before, after in pairwise(sizes):
            grows = all(a <= b for a, b in zip(before, after, strict=True)) and before != after
            if not grows:
                shares, draws = ([size[at] for size in sizes] for at in (0, 1))
                found = f"rungs have shares {shares} of the problems and draws {draws}"
                raise ValueError(f"{found}; allowed: ascending, and no rung twice")
        return self

    def check_draws(self, most: int) -> None:
        """Raise ValueError unless the last rung, every problem with `most` draws, adds to these."""
        last = self.rungs[-1]
        if last.draws > most or (last.problems, last.draws) == (1, most):
            found = f"rungs end with {last.problems:g} of the problems and {last.draws} draws"
            raise ValueError(f"racing.{found}; allowed: less than all of them with {most}")
