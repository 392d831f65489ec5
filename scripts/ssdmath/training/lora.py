"""Low-rank adapters: put on, listed, merged into the weights, and the merge checked.

Everything downstream samples from merged weights: engines that apply adapters themselves have
returned the base model's output without a word (vllm issue 49354).
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
AGREE = 1e-3  # largest logit difference between merged and adapted weights, float32


class AdapterError(ValueError):
    """An adapter that does not fit its model, or a merge that did not do what it should."""


def adapted(model: Any, section: AdapterConfig) -> Any:
    """Put fresh adapters on every linear module that a target names; list them."""
    chosen = [name for names in matches(model, section.targets).values() for name in names]
    config = LoraConfig(
        r=section.rank,
        lora_alpha=section.alpha,
        target_modules=sorted(set(chosen)),
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def matches(model: Any, targets: Sequence[str]) -> dict[str, list[str]]:
    """Map each target to the linear modules it names; AdapterError if one names none.

    A target is the end of a module's name and may hold `*`: `q_proj`, `linear_attn.in_proj_*`.
    """
    linear = [name for name, one in model.named_modules() if isinstance(one, torch.nn.Linear)]
    found = {}
    for target in targets:
        found[target] = [name for name in linear if fnmatch(f".{name}", f"*.{target}")]
        if not found[target]:
            kinds = ", ".join(dict.fromkeys(".".join(name.split(".")[-2:]) for name in linear))
            wrong = f"training.lora.targets: {target!r} matches no module"
            raise AdapterError(f"{wrong}; the model has {kinds}")
        LOGGER.info("adapted: %d x %s", len(found[target]), target)
    return found


def merged(model: Any, adapter: Path, *, rows: torch.Tensor) -> Any:
    """Merge a saved adapter into `model`; AdapterError if merged equals base or differs from it.

    `rows` are token ids (batch, length) on which the three are compared.
    """
    base = _logits(model, rows)
    with_adapter = PeftModel.from_pretrained(model, adapter)
    live = _logits(with_adapter, rows)
    whole = with_adapter.merge_and_unload(safe_merge=True)
    after = _logits(whole, rows)
    if torch.equal(after, base):
        raise AdapterError(f"{adapter}: merging changed nothing; the adapter is empty")
    gap = (after - live).abs().max().item()
    if gap > AGREE * max(1.0, live.abs().max().item()):
        raise AdapterError(f"{adapter}: merged logits are off by {gap:.2g}; allowed is {AGREE}")
    return whole


def _logits(model: Any, rows: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.inference_mode():
        logits: torch.Tensor = model(input_ids=rows.to(model.device)).logits
    return logits
