"""Checkpoints as folders, as complete as the base model's.

Only the language model is trained. A checkpoint also holds everything else of the base's folder (a
vision tower, multi-token-prediction heads, processor files), bit for bit, and stores weights in the
base's types. Qwen3.5 checkpoints saved without the vision tower have failed to reload and have
never ended their thinking.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file

from ssdmath.models import weights
from ssdmath.models.errors import ModelError

INDEX = "model.safetensors.index.json"
UNTRAINED = "model-untrained.safetensors"
OTHER_FILES = ("*.json", "*.jinja", "*.txt", "*.model")  # of a model folder, beside its weights


def save(model: Any, *, base: Path, output: Path) -> None:
    """Write a trained model as a checkpoint like its base; the folder appears when complete."""
    part = output.with_name(f".{output.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    transformers.AutoTokenizer.from_pretrained(base).save_pretrained(part)
    _complete(part, base, model)
    shutil.rmtree(output, ignore_errors=True)
    part.replace(output)


def _complete(part: Path, base: Path, model: Any) -> None:
    """Convert the trained weights to the base's types, and add what was not loaded of the base."""
    stored, trained = _tensors(base), _tensors(part)
    tied = {"lm_head.weight"} if "lm_head.weight" not in trained else set()
    untrained = stored.keys() - trained.keys() - tied
    ignored = getattr(model, "_keys_to_ignore_on_load_unexpected", None) or []
    foreign = [name for name in untrained if not any(re.search(rule, name) for rule in ignored)]
    if foreign := sorted([*foreign, *(trained.keys() - stored.keys())]):
        names = f"{len(foreign)} weights are not in both it and {base}, such as {foreign[0]}"
        raise ModelError(f"{part}: {names}; allowed: a checkpoint of the base's architecture")
    types = {name: stored[name][1] for name in trained}
    if not untrained and all(trained[name][1] == kind for name, kind in types.items()):
        return
    for file in sorted({file for file, _ in trained.values()}):
        _rewrite(file, {n: (f, types[n]) for n, (f, _) in trained.items() if f == file})
    if untrained:
        _rewrite(part / UNTRAINED, {name: stored[name] for name in untrained})
        _index(part)
    for file in (path for pattern in OTHER_FILES for path in base.glob(pattern)):
        saved = file.name != "config.json" and (part / file.name).exists()
        if not saved and file.name not in (INDEX, *weights.NOTES):
            shutil.copy(file, part)


def _tensors(folder: Path) -> dict[str, tuple[Path, torch.dtype]]:
    """Map each stored weight of a folder to its file and type."""
    found = {}
    for file in sorted(folder.glob(weights.WEIGHTS)):
        with safe_open(file, "pt") as opened:
            for name in opened.keys():  # noqa: SIM118 (not a dict)
                found[name] = file, opened.get_slice(name)[:0].dtype
    return found


def _rewrite(target: Path, tensors: dict[str, tuple[Path, torch.dtype]]) -> None:
    """Write tensors to `target`, each read from its file and converted to its type."""
    rewritten = {}
    for source in sorted({file for file, _ in tensors.values()}):
        with safe_open(source, "pt") as opened:
            for name, (file, kind) in tensors.items():
                if file == source:
                    rewritten[name] = opened.get_tensor(name).to(kind).clone()
    temporary = target.with_suffix(".new")
    save_file(rewritten, temporary, metadata={"format": "pt"})
    temporary.replace(target)


def _index(part: Path) -> None:
    """Write the index that maps weights to files.

    transformers reads no index beside a file named model.safetensors, so that one is renamed.
    """
    lone = part / "model.safetensors"
    if lone.exists():
        lone.rename(part / "model-trained.safetensors")
    file_of = {name: file.name for name, (file, _) in _tensors(part).items()}
    size = sum(file.stat().st_size for file in part.glob(weights.WEIGHTS))
    content = {"metadata": {"total_size": size}, "weight_map": dict(sorted(file_of.items()))}
    (part / INDEX).write_text(json.dumps(content, indent=2) + "\n")
