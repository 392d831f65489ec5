"""Mistakes in a config as pydantic errors, so that one check reports all of them."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from ssdmath.config.documents import shown

UNKNOWN_KEY = "unknown_key"  # the type of a pydantic error
MEANT = "meant"  # in its context: the key that was probably meant


def at_key(key: str, text: str) -> PydanticCustomError:
    """Make the error of one key for a validator of the whole section; `text` is the message."""
    return PydanticCustomError("value_error", "{text}", {"text": text, "key": key})


def boolean(key: str, value: Any) -> InitErrorDetails:
    """Make the error of a key that holds a boolean in place of another plain value."""
    found = f"found {str(value).lower()}" if value in (True, False) else "found one"
    text = f"{found}; allowed: a value that is no boolean"
    error = PydanticCustomError("boolean", "{text}", {"text": text, "key": key})
    return InitErrorDetails(type=error, input=value)


def unknown(key: object, value: Any, allowed: Sequence[str]) -> InitErrorDetails:
    """Make the error of an unknown key; it names the nearest allowed ones, or all."""
    nearest = get_close_matches(str(key), allowed, n=1, cutoff=0.6)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    note = "" if isinstance(key, str) else " (YAML reads on, off, yes and no as booleans)"
    text = f"unknown key, found {shown(key)}{note}; {hint}allowed: {', '.join(allowed)}"
    context = {"text": text, "key": key, MEANT: nearest[0] if nearest else None}
    return InitErrorDetails(type=PydanticCustomError(UNKNOWN_KEY, "{text}", context), input=value)


def together(
    title: str, mistakes: Sequence[InitErrorDetails], others: Sequence[ErrorDetails]
) -> ValidationError:
    """Make one error of the mistakes and those that pydantic found in the same section.

    A key that is missing because it is misspelt or holds a boolean is one mistake, not two.
    """
    meant = {_context(error).get(name) for error in mistakes for name in (MEANT, "key")}
    remaining = [
        _again(error)
        for error in others
        if not (error["type"] == "missing" and error["loc"][-1] in meant and len(error["loc"]) == 1)
    ]
    return ValidationError.from_exception_data(title, [*mistakes, *remaining])


def _context(mistake: InitErrorDetails) -> dict[str, Any]:
    kind = mistake["type"]
    return (kind.context or {}) if isinstance(kind, PydanticCustomError) else {}


def _again(error: ErrorDetails) -> InitErrorDetails:
    """Make the details of a new error from those of a raised one."""
    context = {"text": error["msg"]} | {
        name: value
        for name, value in error.get("ctx", {}).items()
        if name in ("key", "pattern", "min_length", MEANT)
    }
    kind = PydanticCustomError(error["type"], "{text}", context)
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])
