"""Low-rank adapters (LoRA, arXiv 2106.09685): added to a model, merged, and the merge checked.

Everything downstream samples from merged weights, because an engine that applies adapters itself
has silently returned the base model's output (vLLM issue 49354).
"""

import logging
from collections.abc import Sequence
from fnmatch import fnmatchcase as fnmatch
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model

from ssdmath.config.training import AdapterConfig

LOGGER = logging.getLogger("ssdmath")
TOLERANCE = 1e-3  # largest logit difference between merged and adapted weights, float32


class AdapterError(ValueError):
    """An adapter that does not fit its model, or a merge whose result is wrong."""


def adapted(model: Any, section: AdapterConfig) -> Any:
    """Add new adapters to every linear module that a target names, and log their numbers."""
    adapted_names = [name for names in matches(model, section.targets).values() for name in names]
    config = LoraConfig(
        r=section.rank,
        lora_alpha=section.alpha,
        target_modules=sorted(set(adapted_names)),
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def matches(model: Any, targets: Sequence[str]) -> dict[str, list[str]]:
    """Map each target to the linear modules it names; AdapterError if it names none.

    A target is the end of a module's name and may contain `*`: `q_proj`, `linear_attn.in_proj_*`.
    """
    modules = model.named_modules()
    linear = [name for name, module in modules if isinstance(module, torch.nn.Linear)]
    named: dict[str, list[str]] = {}
    for target in targets:
        named[target] = [name for name in linear if fnmatch(f".{name}", f"*.{target}")]
        if not named[target]:
            kinds = ", ".join(dict.fromkeys(".".join(name.split(".")[-2:]) for name in linear))
            problem = f"training.lora.targets: {target!r} matches no module"
            raise AdapterError(f"{problem}; the model has {kinds}")
        LOGGER.info("adapted: %d x %s", len(named[target]), target)
    return named


def merged(model: Any, adapter: Path, *, rows: torch.Tensor) -> Any:
    """Merge a saved adapter into `model`, comparing logits before and after on `rows`.

    `rows` are token ids [batch, length]. AdapterError if the merged model equals the base, or if it
    differs from the base with its adapter.
    """
    base = _logits(model, rows)
    with_adapter = PeftModel.from_pretrained(model, adapter)
    adapted_logits = _logits(with_adapter, rows)
    merged_model = with_adapter.merge_and_unload(safe_merge=True)
    after = _logits(merged_model, rows)
    if torch.equal(after, base):
        raise AdapterError(f"{adapter}: merging changed nothing; the adapter is empty")
    gap = (after - adapted_logits).abs().max().item()
    if gap > TOLERANCE * max(1.0, adapted_logits.abs().max().item()):
        raise AdapterError(f"{adapter}: merged logits are off by {gap:.2g}; allowed is {TOLERANCE}")
    return merged_model


def _logits(model: Any, rows: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=rows.to(model.device)).logits
    return logits
