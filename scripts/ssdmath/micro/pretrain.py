"""Pretraining of the micro model: next-token loss on fresh traces, Muon for the matrices."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from ssdmath.micro.problems import Item
from ssdmath.micro.traces import Composition, build
from ssdmath.sampling import prompts

log = logging.getLogger(__name__)
IGNORED = -100
SORTED_TOGETHER = 16  # batches whose sequences are sorted by length together


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How the micro model is made; every value is stated on the card."""

    seed: int = 0
    threads: int = 1
    vocabulary: int = 512
    hidden: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 1
    head_dim: int = 32
    intermediate: int = 384
    items: int = 12_000
    """Distinct pretraining problems; each is used several times, always with a fresh trace."""
    steps: int = 1_500
    batch: int = 64
    completion_tokens: int = 160
    """Longest completion in training: beyond the study's cap, so that run-ons reach the cap."""
    muon_rate: float = 0.03
    adam_rate: float = 0.003
    warm_up: float = 0.03
    cool_down: float = 0.5
    """Shares of the steps in which the rate rises and in which it falls to zero, both linearly."""
    equal_tokens: bool = False
    """Whether all tokens count the same. A batch holds traces of one length, so that otherwise,
    where each batch counts the same, what short traces do is learned as likelier than it is."""


class Example(NamedTuple):
    """Token ids of a prompt and its completion; only the completion is learned."""

    prompt: list[int]
    completion: list[int]


def new_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    """A Qwen3 of the recipe's shape in float32 with tied embeddings, initialised from the seed."""
    torch.manual_seed(recipe.seed)
    config = Qwen3Config(
        vocab_size=recipe.vocabulary,
        hidden_size=recipe.hidden,
        intermediate_size=recipe.intermediate,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.kv_heads,
        head_dim=recipe.head_dim,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        initializer_range=0.05,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        dtype="float32",
    )
    return Qwen3ForCausalLM(config)


def examples(
    pool: Sequence[Item],
    tokenizer: PreTrainedTokenizerFast,
    template: str,
    recipe: Recipe,
    composition: Composition,
) -> Iterator[Example]:
    """Endless examples: the pool in a new order each time, each item with a fresh trace."""
    rng = Random(f"traces:{recipe.seed}")
    prompt_ids: dict[str, list[int]] = {}
    while True:
        for item in rng.sample(pool, len(pool)):
            statement = item.statement
            if statement not in prompt_ids:
                prompt_ids[statement] = list(
                    prompts.render(tokenizer, template, [statement], thinking=True)[0]
                )
            trace = build(item, composition=composition, rng=rng)
            completion = tokenizer.encode(trace.text)
            if trace.stopped:
                completion.append(tokenizer.eos_token_id)
            yield Example(prompt_ids[statement], completion[: recipe.completion_tokens])


def batches(stream: Iterator[Example], *, size: int, pad: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Input ids and labels, padded on the right; sequences of similar length share a batch."""
    order = Random(0)
    while True:
        chunk = sorted(
            (next(stream) for _ in range(size * SORTED_TOGETHER)),
            key=lambda e: len(e.prompt) + len(e.completion),
        )
        starts = list(range(0, len(chunk), size))
        order.shuffle(starts)
        for start in starts:
            yield collate(chunk[start : start + size], pad=pad)


def collate(examples: Sequence[Example], *, pad: int) -> tuple[Tensor, Tensor]:
    """Input ids and labels (batch, longest); prompt and padding are ignored in the labels."""
    longest = max(len(e.prompt) + len(e.completion) for e in examples)
    ids = torch.full((len(examples), longest), pad)
    labels = torch.full((len(examples), longest), IGNORED)
    for row, e in enumerate(examples):
        end = len(e.prompt) + len(e.completion)
        ids[row, :end] = torch.tensor(e.prompt + e.completion)
        labels[row, len(e.prompt) : end] = torch.tensor(e.completion)
    return ids, labels


def completion_loss(model: Qwen3ForCausalLM, ids: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy over completion tokens, in nats; logits are computed for those only."""
    hidden = model.model(input_ids=ids[:, :-1]).last_hidden_state
    learned = labels[:, 1:] != IGNORED
    logits = model.lm_head(hidden[learned])
    return torch.nn.functional.cross_entropy(logits, labels[:, 1:][learned])


def _optimizers(model: Qwen3ForCausalLM, recipe: Recipe) -> list[torch.optim.Optimizer]:
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    vectors = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    return [
        torch.optim.Muon(
            matrices,
            lr=recipe.muon_rate,
            weight_decay=0.01,
            momentum=0.95,
            adjust_lr_fn="original",
        ),
        torch.optim.AdamW(vectors, lr=recipe.adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate_factor(step: int, recipe: Recipe) -> float:
    """Trapezoid: linear up, flat, linear down to zero at the last step."""
    up = (step + 1) / max(1.0, recipe.warm_up * recipe.steps)
    down = (recipe.steps - step) / max(1.0, recipe.cool_down * recipe.steps)
    return min(1.0, up, down)


def pretrain(
    model: Qwen3ForCausalLM, stream: Iterator[tuple[Tensor, Tensor]], recipe: Recipe
) -> dict[str, float]:
    """Train in place; returns steps, completion tokens, mean loss of the last 5 % of the steps."""
    optimizers = _optimizers(model, recipe)
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(o, lambda step: rate_factor(step, recipe))
        for o in optimizers
    ]
    model.train()
    start, tokens, losses = time.monotonic(), 0, []
    for step in range(recipe.steps):
        ids, labels = next(stream)
        learned = int((labels != IGNORED).sum())
        tokens += learned
        loss = completion_loss(model, ids, labels)
        share = learned * (step + 1) / tokens if recipe.equal_tokens else 1.0
        (loss * share).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, schedule in zip(optimizers, schedules, strict=True):
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        losses.append(loss.item())
        if step % 20 == 19 or step == recipe.steps - 1:
            _report(step + 1, recipe.steps, losses[-20:], tokens, time.monotonic() - start)
    model.eval()
    tail = losses[-max(1, recipe.steps // 20) :]
    return {"steps": recipe.steps, "completion_tokens": tokens, "loss": sum(tail) / len(tail)}


def _report(step: int, steps: int, losses: list[float], tokens: int, seconds: float) -> None:
    seconds_left = seconds / step * (steps - step)
    log.info(
        "step %d/%d  loss %.4f  %.0f completion tokens/s  %.0f s left",
        step,
        steps,
        sum(losses) / len(losses),
        tokens / seconds,
        seconds_left,
    )
