"""Loading a model with transformers, which would go on with weights that do not fit the model."""

import json
from pathlib import Path
from typing import Any

import torch
import transformers

from ssdmath.models.errors import ModelError

# What some architectures do to the output of their head: key of config.json, and its neutral value.
AFTER_THE_HEAD = {"final_logit_softcapping": None, "logit_scale": 1, "logits_scaling": 1}


def load_model(folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    """Load a causal language model; ModelError if the weights do not fit the config.

    transformers itself would initialise a missing weight at random and go on. Dropout is off: a
    model is trained as it is sampled, so that the gradient of its own samples is zero on average.
    """
    name = f"{folder}: the weights"
    try:
        model, info = transformers.AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, output_loading_info=True
        )
    except RuntimeError as error:  # a weight has another shape
        shapes = " ".join(str(error).split())[:200]
        raise ModelError(f"{name} do not fit its config.json ({shapes})") from None
    except ValueError as error:
        if "configuration class" not in str(error):
            raise
        kind = json.loads((folder / "config.json").read_text()).get("model_type")
        raise ModelError(
            f"{folder}: config.json: model_type is {kind!r}; allowed: a causal language model"
        ) from None
    for verb, names in (
        ("lack", info["missing_keys"]),
        ("also hold", info["unexpected_keys"]),
    ):
        if names:
            listed = f"{len(names)} such as {min(names)}"
            raise ModelError(f"{name} {verb} {listed}; allowed: those of {type(model).__name__}")
    _without_dropout(model)
    return model


def _without_dropout(model: Any) -> None:
    """Turn dropout off in every module; the model's config keeps what it says."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        elif isinstance(getattr(module, "attention_dropout", None), float):
            module.attention_dropout = 0.0


def check_head(folder: str | Path, model: Any) -> None:
    """Raise ModelError unless a model's logits are simply the output of its head."""
    config = model.config.get_text_config()
    for name, neutral in AFTER_THE_HEAD.items():
        if (value := getattr(config, name, neutral)) not in (None, neutral):
            raise ModelError(
                f"{folder}: config.json: {name} is {value}; allowed: a model without it, whose "
                "logits are the output of its head"
            )
