"""The engine on transformers: any causal language model, on a CPU or a GPU.

Architectures with full attention in every layer run in continuous batches. Others (linear
attention, sliding windows, a cache of their own) run in static batches of equal prompt length,
which need neither padding nor a mask and so are right for every architecture.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AttentionInterface, AutoTokenizer

from ssdmath.models.loading import load_model
from ssdmath.sampling.continuous_batches import ContinuousBatches
from ssdmath.sampling.kv_cache import ATTENTION, attend
from ssdmath.sampling.power_chains import draw_chains
from ssdmath.sampling.prompts import completion_text, end_tokens
from ssdmath.sampling.requests import OnTokens, Request, Sample, unheard
from ssdmath.sampling.static_batches import StaticBatches

# Checked against forward passes without a cache in tests/sampling/test_transformers_engine.py.
FULL_ATTENTION = frozenset({"llama", "qwen2", "qwen3"})


class TransformersEngine:
    """A model directory, loaded once; see `requests.Engine`."""

    def __init__(
        self, path: str, *, batch: int, threads: int | None = None, dtype: str = "float32"
    ) -> None:
        """Load the model, onto a GPU where there is one; `batch` completions are drawn at once.

        ModelError if its weights do not fit its config.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        self.batch = batch
        self.tokenizer = AutoTokenizer.from_pretrained(path)
        loaded = load_model(Path(path), getattr(torch, dtype))
        self.model = loaded.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self.ends = end_tokens(self.model.generation_config, self.tokenizer)
        self.continuous = _full_attention(self.model.config)
        if self.continuous:
            AttentionInterface.register(ATTENTION, attend)
            self.model.set_attn_implementation(ATTENTION)

    def generate(
        self, requests: Sequence[Request], *, max_tokens: int, on_tokens: OnTokens = unheard
    ) -> Iterator[Sample]:
        """Draw all requests, yielding each sample as it finishes, in any order.

        Those with a power come last, `batch` of them at a time.
        """

        def draw(some: Sequence[Request]) -> Iterator[Sample]:
            batches = ContinuousBatches if self.continuous else StaticBatches
            return batches(
                self.model, some, batch=self.batch, max_tokens=max_tokens, ends=self.ends
            ).samples(on_tokens)

        plain = [request for request in requests if not request.decoding.power]
        chains = [request for request in requests if request.decoding.power]
        if plain:
            yield from draw(plain)
        yield from draw_chains(draw, chains, group=self.batch)

    def decode(self, token_ids: Sequence[int]) -> str:
        """Text of a completion without its end-of-sequence token; `</think>` is kept."""
        stopped = bool(token_ids) and token_ids[-1] in self.ends
        return completion_text(self.tokenizer, token_ids, stopped=stopped)


def _full_attention(config: Any) -> bool:
    kinds = getattr(config, "layer_types", None) or ["full_attention"]
    return config.model_type in FULL_ATTENTION and set(kinds) == {"full_attention"}
