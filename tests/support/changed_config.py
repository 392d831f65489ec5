"""The config of the micro study with one key changed."""

import copy
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
MICRO = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())


def changed(path: str, value: Any) -> dict[str, Any]:
    """The micro study with one key set (or, for a value of ..., removed)."""
    config = copy.deepcopy(MICRO)
    *folders, last = path.split(".")
    at: Any = config
    for folder in folders:
        at = at[int(folder)] if isinstance(at, list) else at[folder]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return config
