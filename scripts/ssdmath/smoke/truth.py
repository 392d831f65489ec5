"""What a model itself says: one forward pass at a time, in float32, without a cache or a batch."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import transformers

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism.world_success import reshaped
from ssdmath.micro import problems
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import Sample

TEMPLATE = Path(__file__).resolve().parents[3] / "config" / "prompts" / "boxed.txt"
RANDOM = 24  # tokens of a prompt for a model whose tokenizer has no chat template


def prompt_ids(folder: Path, count: int) -> dict[str, tuple[int, ...]]:
    """Prompts for a model: problems of the micro world, or random ids without a chat template."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    if tokenizer.chat_template is None:
        size = transformers.AutoConfig.from_pretrained(folder).get_text_config().vocab_size
        drawn = Random(0)
        return {str(at): tuple(drawn.choices(range(3, size), k=RANDOM + at)) for at in range(count)}
    statements = [one.statement for one in problems.generate(split="validation", n=count, seed=5)]
    template = prompts.template(TEMPLATE)
    rendered = prompts.render(tokenizer, template, statements, thinking=True)
    return {str(at): tuple(ids) for at, ids in enumerate(rendered)}


class Truth:
    """A model's distributions."""

    def __init__(self, folder: Path) -> None:
        """Load the model, onto a GPU where there is one."""
        loaded: Any = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self._model = loaded.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self._first: dict[tuple[int, ...], torch.Tensor] = {}

    def probabilities(self, prompt: tuple[int, ...], decoding: Decoding) -> np.ndarray:
        """The distribution of the first token after a prompt under a decoding."""
        if prompt not in self._first:
            self._first[prompt] = self._log_p(prompt)[-1:].float()
        found: np.ndarray = reshaped(self._first[prompt], decoding)[0].exp().numpy()
        return found

    def log_probability(self, sample: Sample) -> float:
        """The sum of log p of a completion under T=1, without truncation or penalty."""
        prompt, completion = sample.request.prompt_ids, sample.token_ids
        log_p = self._log_p([*prompt, *completion])[len(prompt) - 1 : -1]
        return float(log_p.gather(1, torch.tensor(completion)[:, None]).sum())

    def _log_p(self, ids: Sequence[int]) -> torch.Tensor:
        """Log probabilities of the next token after each id, float64 on the host."""
        with torch.inference_mode():
            logits = self._model(torch.tensor([ids], device=self._model.device)).logits[0]
        return logits.cpu().double().log_softmax(dim=-1)
