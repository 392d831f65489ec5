"""Say what is wrong with a config, a line each: key, what was found, what is allowed."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ssdmath.config.documents import SHOWN, printable, shown
from ssdmath.config.mistakes import UNKNOWN_KEY

LONGEST = 600  # characters of a message
MOST = 30  # messages

# What pydantic says first, and what is allowed where it does not say so itself.
_ALLOWED = {
    "missing": "a value for the key",
    "string_type": "text",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "int_type": "an integer",
    "int_parsing": "an integer",
    "int_parsing_size": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "invalid_key": "text as a key",
    "union_tag_not_found": "a mapping with the key kind",
}


def lines(error: ValidationError, config: Mapping[str, Any]) -> list[str]:
    """Say the errors, one line each, unknown keys before others, and how many more there are."""
    errors = error.errors(include_url=False)
    errors.sort(key=lambda mistake: mistake["type"] != UNKNOWN_KEY)
    messages = _merged([_line(mistake, config) for mistake in errors])
    hidden = len(messages) - MOST
    return [*messages[:MOST], *([f"and {hidden} more mistakes"] if hidden > 0 else [])]


def _merged(messages: Sequence[str]) -> list[str]:
    """The messages, each once: of a value that may be of several types there is one for each."""
    allowed: dict[str, list[str]] = {}
    for message in messages:
        said, mark, kind = message.partition("; allowed: ")
        allowed.setdefault(said + mark, []).append(kind)
    return [said + " or ".join(dict.fromkeys(kinds)) for said, kinds in allowed.items()]


def _line(error: ErrorDetails, config: Mapping[str, Any]) -> str:
    line = " ".join(f"{_key(error, config)}: {_text(error)}".removeprefix(": ").split())
    return printable(line[:LONGEST] + ("..." if len(line) > LONGEST else ""))


def _key(error: ErrorDetails, config: Mapping[str, Any]) -> str:
    """The dotted key as the config has it, without the names of types that pydantic puts in."""
    keys: list[object] = []
    at: Any = config
    for number, step in enumerate(error["loc"]):
        inside = step in at if isinstance(at, dict) else _is_index(step, at)
        if inside:
            at = at[step]
        if inside or (error["type"] == "missing" and number == len(error["loc"]) - 1):
            keys.append(step)
    context = error.get("ctx", {})
    if (named := context.get("key")) is not None:
        keys.append(named)
    if error["type"] == "union_tag_invalid":
        keys.append(context["discriminator"].strip("'"))
    return ".".join(printable(step)[:SHOWN] for step in keys)


def _is_index(part: object, at: object) -> bool:
    return isinstance(at, Sequence) and isinstance(part, int) and part < len(at)


def _text(error: ErrorDetails) -> str:
    """What was found and what is allowed; our own validators say both themselves."""
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind in ("value_error", UNKNOWN_KEY, "boolean"):
        return message
    found = "nothing" if kind == "missing" else shown(error["input"])
    if kind in _ALLOWED:
        return f"found {found}; allowed: {_ALLOWED[kind]}"
    if kind == "union_tag_invalid":
        context = error["ctx"]
        return f"found {shown(context['tag'])}; allowed: {context['expected_tags']}"
    if kind == "too_short":
        return f"found {found}; allowed: at least {error['ctx']['min_length']}"
    if kind == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        return f"String should match pattern, found {found}; allowed: text of the form {pattern}"
    if message.startswith("Input should be "):
        return f"found {found}; allowed: {message.removeprefix('Input should be ')}"
    return f"found {found}; allowed: {message}"
