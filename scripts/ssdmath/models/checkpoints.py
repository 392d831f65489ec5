"""Checkpoints as folders: loaded whole, and written as whole as the base model was.

Only the language model is trained. A checkpoint keeps everything else the base's folder holds (a
vision tower, multi-token-prediction heads, processor files), bit for bit, and the types its weights
were stored in: without the tower, reloads broke and thinking never ended (FACTS, Qwen3.5).
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file

from ssdmath.models import weights
from ssdmath.models.weights import ModelError

INDEX = "model.safetensors.index.json"
UNTRAINED = "model-untrained.safetensors"
BESIDE = ("*.json", "*.jinja", "*.txt", "*.model")  # a model's files that are not its weights


def load_model(folder: Path) -> Any:
    """Load a causal language model, float32; ModelError if the weights do not fit the config.

    transformers would fill a weight that is not there with random numbers and go on.
    """
    name = f"{folder}: the weights"
    try:
        model, found = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, output_loading_info=True
        )
    except RuntimeError as error:  # a weight of another shape
        shapes = " ".join(str(error).split())[:200]
        raise ModelError(f"{name} do not fit its config.json ({shapes})") from None
    except ValueError as error:
        if "configuration class" not in str(error):
            raise
        kind = json.loads((folder / "config.json").read_text()).get("model_type")
        raise ModelError(
            f"{folder}: config.json: model_type is {kind!r}; allowed: a causal language model"
        ) from None
    for what, names in (
        ("lack", found["missing_keys"]),
        ("also hold", found["unexpected_keys"]),
    ):
        if names:
            listed = f"{len(names)} such as {min(names)}"
            raise ModelError(f"{name} {what} {listed}; allowed: those of {type(model).__name__}")
    return model


def save(model: Any, *, base: Path, output: Path) -> None:
    """Write a trained model as a checkpoint like its base; it appears whole or not at all."""
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    transformers.AutoTokenizer.from_pretrained(base).save_pretrained(part)
    _complete(part, base, model)
    shutil.rmtree(output, ignore_errors=True)
    part.replace(output)


def _complete(part: Path, base: Path, model: Any) -> None:
    """Give the trained weights their stored types, and add what of the base was not loaded."""
    stored, trained = _tensors(base), _tensors(part)
    tied = {"lm_head.weight"} if "lm_head.weight" not in trained else set()
    kept = stored.keys() - trained.keys() - tied
    ignored = getattr(model, "_keys_to_ignore_on_load_unexpected", None) or []
    strange = [name for name in kept if not any(re.search(one, name) for one in ignored)]
    if strange := sorted([*strange, *(trained.keys() - stored.keys())]):
        found = f"{len(strange)} weights are not in both it and {base}, such as {strange[0]}"
        raise ModelError(f"{part}: {found}; allowed: a checkpoint of the base's architecture")
    types = {name: stored[name][1] for name in trained}
    if not kept and all(trained[name][1] == kind for name, kind in types.items()):
        return
    for file in sorted({file for file, _ in trained.values()}):
        _rewrite(file, {n: (f, types[n]) for n, (f, _) in trained.items() if f == file})
    if kept:
        _rewrite(part / UNTRAINED, {name: stored[name] for name in kept})
        _index(part)
    for file in (one for pattern in BESIDE for one in base.glob(pattern)):
        ours = file.name != "config.json" and (part / file.name).exists()
        if not ours and file.name not in (INDEX, *weights.NOTES):
            shutil.copy(file, part)


def _tensors(folder: Path) -> dict[str, tuple[Path, torch.dtype]]:
    """Map each stored weight of a folder to its file and type."""
    return {name: (file, kind) for file, name, kind in _headers(folder)}


def _headers(folder: Path) -> Iterator[tuple[Path, str, torch.dtype]]:
    for file in sorted(folder.glob(weights.WEIGHTS)):
        with safe_open(file, "pt") as opened:
            for name in opened.keys():  # noqa: SIM118 (not a dict)
                yield file, name, opened.get_slice(name)[:0].dtype


def _rewrite(target: Path, tensors: dict[str, tuple[Path, torch.dtype]]) -> None:
    """Write tensors, each from its file and in its type, to `target`."""
    made = {}
    for source in sorted({file for file, _ in tensors.values()}):
        with safe_open(source, "pt") as opened:
            for name, (file, kind) in tensors.items():
                if file == source:
                    made[name] = opened.get_tensor(name).to(kind).clone()
    temporary = target.with_suffix(".new")
    save_file(made, temporary, metadata={"format": "pt"})
    temporary.replace(target)


def _index(part: Path) -> None:
    """Say in an index which weight is in which file; a lone model.safetensors would hide others."""
    lone = part / "model.safetensors"
    if lone.exists():
        lone.rename(part / "model-trained.safetensors")
    where = {name: file.name for file, name, _ in _headers(part)}
    size = sum(file.stat().st_size for file in part.glob(weights.WEIGHTS))
    content = {"metadata": {"total_size": size}, "weight_map": dict(sorted(where.items()))}
    (part / INDEX).write_text(json.dumps(content, indent=2) + "\n")
