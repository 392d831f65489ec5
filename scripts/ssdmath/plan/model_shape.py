"""A model's size, from its own files or from the config; no weight is read."""

import json
import math
from pathlib import Path
from typing import Any

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.study import Study
from ssdmath.models import weights

NAMES = {
    "layers": "num_hidden_layers",
    "hidden": "hidden_size",
    "intermediate": "intermediate_size",
    "vocabulary": "vocab_size",
}


def of(study: Study) -> ShapeConfig | None:
    """The model's shape; None for a hub model of which the config says nothing."""
    if study.model.path is None or study.plan.shape is not None:
        return study.plan.shape
    return read(Path(study.model.path))


def read(folder: Path) -> ShapeConfig | None:
    """Read the shape off a model directory; None where its config has other names for it."""
    config = json.loads((folder / "config.json").read_text())
    text: dict[str, Any] = config.get("text_config") or config
    if not all(isinstance(text.get(name), int) for name in NAMES.values()):
        return None
    found = {key: text[name] for key, name in NAMES.items()}
    return ShapeConfig(parameters=parameters(folder), **found)


def parameters(folder: Path) -> int:
    """Count the numbers in a model's weights, from the headers of its safetensors files."""
    return sum(
        math.prod(entry["shape"])
        for file in folder.glob(weights.WEIGHTS)
        for name, entry in _header(file).items()
        if name != "__metadata__"
    )


def _header(file: Path) -> dict[str, Any]:
    """Read a safetensors header: its length in 8 bytes, then JSON."""
    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        found: dict[str, Any] = json.loads(stream.read(size))
        return found
