"""Small random models with a tokenizer, built on the spot; any vocabulary id is a word `t<id>`."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3_5ForCausalLM,
    Qwen3_5TextConfig,
    Qwen3Config,
    Qwen3ForCausalLM,
)

VOCABULARY = 96
END = 1
SHAPE = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 96,
    "max_position_embeddings": 2048,
    "bos_token_id": None,
    "eos_token_id": END,
    "pad_token_id": 2,
    "initializer_range": 0.15,  # far from uniform, so that a wrong position shows
}
KINDS = {
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, {"num_key_value_heads": 1, "head_dim": 32}),
    "llama": (LlamaConfig, LlamaForCausalLM, {"num_key_value_heads": 2}),
    "qwen3_5": (
        Qwen3_5TextConfig,
        Qwen3_5ForCausalLM,
        {
            "num_key_value_heads": 2,
            "head_dim": 32,
            "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "linear_key_head_dim": 16,
            "linear_value_head_dim": 16,
        },
    ),
}


def build(kind: str, folder: Path, *, seed: int = 0) -> Path:
    """Save a random model of a kind (hybrid ones with a full-attention layer) and its tokenizer."""
    config, model, more = KINDS[kind]
    layers = 4 if kind == "qwen3_5" else 2
    torch.manual_seed(seed)
    made = model(config(**SHAPE, **more, num_hidden_layers=layers, num_attention_heads=4))
    made.save_pretrained(folder)
    words = {"</think>": 3} | {f"t{id_}": id_ for id_ in range(VOCABULARY) if id_ != 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="t0"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="t1", pad_token="t2")
    fast.save_pretrained(folder)
    return folder
