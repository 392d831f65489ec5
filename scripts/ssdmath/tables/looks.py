"""Reading the files of the looks at the test split: whether a study stops at one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ssdmath.tables import atomic


def stopped(look: Mapping[str, Any]) -> bool:
    """Whether a study ends at a look before the last one."""
    return bool(look["decided"]) and look["look"] < look["of"]


def stopped_at(file: str | Path) -> bool:
    """The same of a look's file (rule `look_<n>`)."""
    return stopped(atomic.read_json(file))


def name(look: Mapping[str, Any]) -> str:
    """A look as messages and the ledger name it."""
    return f"look {look['look']} of {look['of']}"
