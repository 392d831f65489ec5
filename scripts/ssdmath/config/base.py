"""What the config models share: closed and frozen models, and the types of names and numbers."""

import re
import typing
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

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
UNKNOWN_KEY = "unknown_key"  # the type of a pydantic error
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


class ClosedModel(BaseModel):
    """A part of the config: unknown keys are errors, numbers are finite, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _plain_keys_and_numbers(cls, data: Any) -> Any:
        """Report a misspelt key before what is missing for it, and refuse `true` as a number."""
        if isinstance(data, dict):
            for key, value in data.items():
                if key not in cls.model_fields:
                    raise _unknown(key, list(cls.model_fields))
                if _takes_no_boolean(cls, key) and _holds_boolean(value):
                    found = f"found {str(value).lower()}" if value in (True, False) else "found one"
                    what = "{found}; allowed: a value that is no boolean"
                    raise PydanticCustomError("boolean", what, {"found": found, "key": key})
        return data


def at_key(key: str, text: str) -> PydanticCustomError:
    """Make the error of one key for a validator of the whole section; `text` is the message."""
    return PydanticCustomError("value_error", "{text}", {"text": text, "key": key})


def _unknown(key: object, allowed: list[str]) -> PydanticCustomError:
    """Make the error of an unknown key; it names the nearest allowed ones, or all."""
    nearest = get_close_matches(str(key), allowed, n=1, cutoff=0.6)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    note = "" if isinstance(key, str) else " (YAML reads on, off, yes and no as booleans)"
    return PydanticCustomError(
        UNKNOWN_KEY,
        "unknown key, found {found}; {hint}allowed: {allowed}",
        {"found": f"{shown(key)}{note}", "hint": hint, "allowed": ", ".join(allowed), "key": key},
    )


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
