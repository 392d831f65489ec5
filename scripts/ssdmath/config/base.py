"""What all sections share: closed and frozen, and the types of names and decodings."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ssdmath.config.decoding import PRESETS, Decoding
from ssdmath.config.names import ARM

Split = Literal["train", "validation", "test"]
Value = TypeVar("Value", str, int)


def _checked(text: str) -> str:
    named = PRESETS.get(text, text)
    Decoding.parse(named)
    return named


def distinct(values: list[Value]) -> list[Value]:
    """Return the values; ValueError names those that stand more than once."""
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{twice} stand more than once; each may stand once")
    return values


Slug = Annotated[str, AfterValidator(_checked)]
Slugs = Annotated[list[Slug], Field(min_length=1), AfterValidator(distinct)]
Name = Annotated[str, Field(pattern=rf"^{ARM}$")]
Seeds = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]


class ClosedModel(BaseModel):
    """A part of the config: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
