"""Small random models with a tokenizer in which every id is a word `t<id>`."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3_5Config,
    Qwen3_5ForCausalLM,
    Qwen3_5ForConditionalGeneration,
    Qwen3_5TextConfig,
    Qwen3_5Tokenizer,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from ssdmath.micro.tokenizer import CHAT_TEMPLATE

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
HYBRID = {
    "num_key_value_heads": 2,
    "head_dim": 32,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "linear_key_head_dim": 16,
    "linear_value_head_dim": 16,
}
KINDS = {
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, {"num_key_value_heads": 1, "head_dim": 32}),
    "llama": (LlamaConfig, LlamaForCausalLM, {"num_key_value_heads": 2}),
    "qwen3_5": (
        Qwen3_5TextConfig,
        Qwen3_5ForCausalLM,
        HYBRID,
    ),
}


def build(kind: str, folder: Path, *, seed: int = 0, **sizes: int) -> Path:
    """Save a random model of a kind (hybrid ones with a full-attention layer) and its tokenizer."""
    config, model, more = KINDS[kind]
    layers = {"num_hidden_layers": 4 if kind == "qwen3_5" else 2, "num_attention_heads": 4}
    torch.manual_seed(seed)
    made = model(config(**SHAPE | more | layers | sizes))
    made.save_pretrained(folder)
    _save_tokenizer(folder)
    return folder


VISION = {
    "depth": 1,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_heads": 2,
    "out_hidden_size": SHAPE["hidden_size"],
    "num_position_embeddings": 16,
    "patch_size": 4,
}


def build_vision_language(
    folder: Path, *, seed: int = 0, dtype: torch.dtype = torch.float32, tied: bool = True
) -> Path:
    """Save a random Qwen3.5 as it is released: language model, vision tower, a prediction head."""
    text = SHAPE | HYBRID | {"num_hidden_layers": 4, "num_attention_heads": 4, "vocab_size": 320}
    special = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
    config = Qwen3_5Config(
        text_config=text | {"tie_word_embeddings": tied},
        vision_config=VISION,
        tie_word_embeddings=tied,
        **{name: 90 + number for number, name in enumerate(special)},
    )
    torch.manual_seed(seed)
    made = Qwen3_5ForConditionalGeneration(config).to(dtype)
    made.save_pretrained(folder)
    weights = load_file(folder / "model.safetensors")
    weights["mtp.fc.weight"] = torch.randn(64, 128).to(dtype)  # transformers does not load it
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "preprocessor_config.json").write_text('{"patch_size": 4}\n')
    _save_byte_tokenizer(folder)
    return folder


def _save_tokenizer(folder: Path) -> None:
    words = {"</think>": 3} | {f"t{id_}": id_ for id_ in range(VOCABULARY) if id_ != 3}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="t0"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="t1", pad_token="t2")
    fast.save_pretrained(folder)


def _save_byte_tokenizer(folder: Path) -> None:
    """Save a tokenizer of Qwen3.5's class without a merge: transformers insists on that class."""
    words = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "</think>", "<think>"]
    words += sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Qwen3_5Tokenizer(
        vocab={word: number for number, word in enumerate(words)},
        merges=[],
        eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>"],
    )
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in words[3:5]])
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
