"""What the config models share: closed and frozen models, and the types of names and numbers."""

import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from ssdmath.config import mistakes
from ssdmath.config.decoding import PRESETS, Decoding
from ssdmath.config.documents import shown
from ssdmath.config.names import ARM

Split = Literal["train", "validation", "test"]
Value = TypeVar("Value", str, int)

STUDY_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
LONGEST_NAME = 100  # characters; a path component may have 255 bytes and holds up to two names
LARGEST_SEED = 2**63 - 1  # seeds are columns of 64-bit integers
LARGEST_COUNT = 10**9  # draws, problems, steps, tokens: columns of 32-bit integers
LARGEST_LIST = 1000  # seeds, checkpoints or decodings of one key
_UNUSABLE = re.compile(r"[{}<>\x00-\x1f\x7f]")  # Snakemake reads braces as wildcards


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


def _plain_path(text: str) -> str:
    if not text or _UNUSABLE.search(text):
        allowed = "a path without braces, angle brackets and control characters"
        raise ValueError(f"found {shown(text)}; allowed: {allowed}")
    return text


Slug = Annotated[str, AfterValidator(_checked)]
Slugs = Annotated[
    list[Slug], Field(min_length=1, max_length=LARGEST_LIST), AfterValidator(distinct)
]
Name = Annotated[str, Field(pattern=rf"^{ARM}$", max_length=LONGEST_NAME)]
LocalPath = Annotated[str, Field(max_length=1000), AfterValidator(_plain_path)]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
TrainingSeeds = Annotated[
    list[Annotated[int, Field(ge=0, lt=2**32)]],  # numpy's, which training seeds too, takes 32 bits
    Field(min_length=1, max_length=LARGEST_LIST),
    AfterValidator(distinct),
]
Count = Annotated[int, Field(gt=0, le=LARGEST_COUNT)]
CountOrZero = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Length = Annotated[int, Field(gt=0, le=10**7)]  # in tokens
Share = Annotated[float, Field(ge=0, le=1)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]
ProperShare = Annotated[float, Field(gt=0, lt=1)]


class ClosedModel(BaseModel):
    """A part of the config: unknown keys are errors, numbers are finite, values never change.

    A field whose key is a word of Python's (`from`) has it as its alias, read and written.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, serialize_by_alias=True
    )

    @classmethod
    def respelled(cls, section: dict[Any, Any]) -> dict[Any, Any]:
        """The section with other spellings of its keys replaced; ValueError for two of one key."""
        return section

    @model_validator(mode="wrap")
    @classmethod
    def _plain_keys_and_numbers(cls, data: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse unknown keys and `true` as a number, beside all that pydantic refuses."""
        if not isinstance(data, dict):
            return check(data)
        data = cls.respelled(data)
        field_of = _fields(cls)
        wrong = {}
        for key, value in data.items():
            if key not in field_of:
                wrong[key] = mistakes.unknown(key, value, list(field_of))
            elif _takes_no_boolean(cls, field_of[key]) and _holds_boolean(value):
                wrong[key] = mistakes.boolean(key, value)
        if not wrong:
            return check(data)
        try:
            check({key: value for key, value in data.items() if key not in wrong})
        except ValidationError as error:
            others = error.errors(include_url=False)
        else:
            others = []
        raise mistakes.together(cls.__name__, [*wrong.values()], others)


@cache
def _fields(model: type[BaseModel]) -> dict[str, str]:
    """The field of each key of a section."""
    return {field.alias or name: name for name, field in model.model_fields.items()}


@cache
def _takes_no_boolean(model: type[BaseModel], key: str) -> bool:
    """Whether a field holds plain values of other types only."""
    kinds = list(_kinds(model.model_fields[key].annotation))
    if Any in kinds:
        return False
    return not any(isinstance(kind, type) and issubclass(kind, bool | BaseModel) for kind in kinds)


def _kinds(annotation: Any) -> Iterator[Any]:
    """Yield every type that an annotation mentions."""
    yield annotation
    for inner in typing.get_args(annotation):
        yield from _kinds(inner)


def _holds_boolean(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_boolean, value.values() if isinstance(value, dict) else value))
    return isinstance(value, bool)
