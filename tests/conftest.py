"""Tiny models of the real architectures, built where they are needed; nothing is downloaded."""

from pathlib import Path

import pytest

MICRO = Path(__file__).resolve().parent.parent / "models" / "micro"


@pytest.fixture(scope="session")
def tiny_qwen3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised Qwen3 (2 layers, hidden 32) with the micro model's tokenizer."""
    import torch
    import transformers

    folder = tmp_path_factory.mktemp("tiny-qwen3")
    tokenizer = transformers.AutoTokenizer.from_pretrained(MICRO)
    torch.manual_seed(0)
    config = transformers.Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        tie_word_embeddings=True,
        initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    transformers.Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
