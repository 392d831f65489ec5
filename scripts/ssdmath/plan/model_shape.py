"""The size of a model, from its own files or from the config; no weights are read."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ssdmath.config.planning import AttentionShape, DeltaShape, ShapeConfig
from ssdmath.config.study import Study
from ssdmath.models import weights

NAMES = {  # of ShapeConfig and of a config.json
    "layers": "num_hidden_layers",
    "hidden": "hidden_size",
    "intermediate": "intermediate_size",
    "vocabulary": "vocab_size",
}
ATTENTION = {
    "heads": "num_attention_heads",
    "key_heads": "num_key_value_heads",
    "head": "head_dim",
}
DELTA = {
    "key_heads": "linear_num_key_heads",
    "value_heads": "linear_num_value_heads",
    "key": "linear_key_head_dim",
    "value": "linear_value_head_dim",
}
LINEAR = "linear_attention"  # among `layer_types`


def of(study: Study) -> ShapeConfig | None:
    """Return the shape of a study's model; None for a hub model without `plan.shape`."""
    if study.model.path is None or study.plan.shape is not None or study.imported is not None:
        return study.plan.shape
    return read(Path(study.model.path))


def read(folder: Path) -> ShapeConfig | None:
    """Read the shape of a model directory; None if its config.json uses other names."""
    config = json.loads((folder / "config.json").read_text())
    text: dict[str, Any] = config.get("text_config") or config
    if (sizes := _sizes(text, NAMES)) is None:
        return None
    full, linear = _sizes(text, ATTENTION), _sizes(text, DELTA)
    gated = bool(text.get("attn_output_gate"))
    linear_layers = (text.get("layer_types") or []).count(LINEAR)
    return ShapeConfig(
        parameters=parameters(folder),
        **sizes,
        attention=AttentionShape(**full, gated=gated) if full else None,
        delta=DeltaShape(layers=linear_layers, **linear) if linear and linear_layers else None,
    )


def _sizes(text: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """The numbers of a config.json by our names; None where it leaves one of them out."""
    sizes = {key: text.get(name) for key, name in names.items()}
    return sizes if all(isinstance(size, int) for size in sizes.values()) else None


def parameters(folder: Path) -> int:
    """Count the parameters of a model from the headers of its safetensors files."""
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
        header: dict[str, Any] = json.loads(stream.read(size))
        return header
