"""The micro world as a source of problems: which world, which families of problems."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from ssdmath.config.base import ClosedModel, Seed, distinct

MicroFamily = Literal[
    "divisors", "gcd_lcm", "modpow", "series", "multiples", "recurrence", "probability"
]


def _named(world: object) -> object:
    """The world whose name YAML reads as nothing unless it stands in quotes."""
    return "null" if world is None else world


World = Annotated[Literal["decoding", "ssd", "length", "null"], BeforeValidator(_named)]


class GeneratedSource(ClosedModel):
    """The micro world's own problems."""

    kind: Literal["generated"] = Field(
        description="The kind of source: problems of the micro world."
    )
    seed: Seed = Field(default=0, description="Seed of the generated problems.")
    world: World = Field(
        default="decoding",
        description="The world that the model learned from (docs/micro-world.md).",
    )
    families: Annotated[list[MicroFamily], AfterValidator(distinct)] = Field(
        default=[],
        exclude_if=lambda families: not families,  # sources of all families keep their digest
        description="The families of problems that are generated; left out, all of them.",
    )

    @property
    def generated(self) -> list[str]:
        """The families that the source generates."""
        return list(self.families or get_args(MicroFamily))
