"""A model of a given shape with random weights, and a tokenizer of a few words."""

from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen3_5ForCausalLM,
    Qwen3_5TextConfig,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from ssdmath.config.planning import AttentionShape, ShapeConfig
from ssdmath.smoke.task import Task

HEAD = 128  # width of a head where the shape names no attention
END, PAD = 1, 2
WORDS = 256  # of the tokenizer; ids beyond have no text, which nothing here needs


def save(task: Task) -> int:
    """Write the model into the task's folder; the number of its parameters."""
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = getattr(torch, task.engine.dtype)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            made = _model(task.shape, task.tokens)
    finally:
        torch.set_default_dtype(before)
    made.save_pretrained(task.base)
    _tokenizer(task.shape.vocabulary).save_pretrained(task.base)
    return int(sum(parameter.numel() for parameter in made.parameters()))


def _model(shape: ShapeConfig, positions: int) -> Any:
    attention = shape.attention or _plain(shape.hidden)
    common: dict[str, Any] = {
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": attention.heads,
        "num_key_value_heads": attention.key_heads,
        "head_dim": attention.head,
        "max_position_embeddings": positions,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": END,
        "pad_token_id": PAD,
    }
    if shape.delta is None:
        return Qwen3ForCausalLM(Qwen3Config(**common))
    return Qwen3_5ForCausalLM(Qwen3_5TextConfig(**common, **_linear(shape)))


def _plain(hidden: int) -> AttentionShape:
    head = min(HEAD, hidden)
    return AttentionShape(heads=hidden // head, key_heads=hidden // head, head=head)


def _linear(shape: ShapeConfig) -> dict[str, Any]:
    """The DeltaNet layers; the layers of attention are spread evenly among them."""
    delta = shape.delta
    assert delta is not None
    every = shape.layers // max(1, shape.layers - delta.layers)
    full = [(layer + 1) % every == 0 for layer in range(shape.layers)]
    return {
        "layer_types": ["full_attention" if one else "linear_attention" for one in full],
        "linear_num_key_heads": delta.key_heads,
        "linear_num_value_heads": delta.value_heads,
        "linear_key_head_dim": delta.key,
        "linear_value_head_dim": delta.value,
    }


def _tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    words = {f"t{number}": number for number in range(min(WORDS, vocabulary))}
    backend = Tokenizer(models.WordLevel(words, unk_token="t0"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token=f"t{END}", pad_token=f"t{PAD}"
    )
