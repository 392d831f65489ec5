"""Checkpoints as others release them, made of the micro model: of its tokens, or of others."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parents[2]
MICRO = ROOT / "models" / "micro"
EMBEDDING = "model.embed_tokens.weight"
NOISE = 0.02  # of a weight's own spread


def released(folder: Path, *, seed: int, template: str | None = None) -> Path:
    """The micro model with noise on its weights; `template` replaces its chat template."""
    shutil.copytree(MICRO, folder)
    weights = load_file(MICRO / "model.safetensors")
    generator = torch.Generator().manual_seed(seed)
    noisy = {
        name: value + NOISE * value.float().std().nan_to_num() * _noise(value, generator)
        for name, value in weights.items()
    }
    _save(noisy, weights, folder)
    if template is not None:
        (folder / "chat_template.jinja").write_text(template)
    return folder


def with_other_ids(folder: Path) -> Path:
    """The micro model with the ids of two tokens exchanged: other ids for the same text."""
    shutil.copytree(MICRO, folder)
    file = folder / "tokenizer.json"
    tokenizer = json.loads(file.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    first, second = sorted(vocabulary, key=vocabulary.__getitem__)[-2:]
    ids = vocabulary[first], vocabulary[second]
    vocabulary[first], vocabulary[second] = ids[1], ids[0]
    file.write_text(json.dumps(tokenizer))
    weights = load_file(MICRO / "model.safetensors")
    exchanged = dict(weights)
    for name in {EMBEDDING, "lm_head.weight"} & set(weights):
        exchanged[name] = weights[name].clone()
        exchanged[name][list(ids)] = weights[name][list(ids[::-1])]
    _save(exchanged, weights, folder)
    return folder


def _noise(value: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return torch.randn(value.shape, generator=generator)


def _save(made: dict[str, torch.Tensor], like: dict[str, torch.Tensor], folder: Path) -> None:
    typed = {name: value.to(like[name].dtype).contiguous() for name, value in made.items()}
    save_file(typed, folder / "model.safetensors", metadata={"format": "pt"})
