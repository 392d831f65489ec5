"""JSON of any shape as table rows: the leaves of a value and the paths to them."""

from typing import Any


def flatten(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """The leaves of a JSON value with their paths, `a › b`."""
    if isinstance(value, dict):
        inner = [(f"{prefix} › {key}" if prefix else str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        inner = [(f"{prefix} {i + 1}", item) for i, item in enumerate(value)]
    else:
        leaf = ", ".join(map(str, value)) if isinstance(value, list) else value
        return [(prefix, leaf)]
    return [leaf for key, item in inner for leaf in flatten(item, key)]
