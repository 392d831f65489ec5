"""From a recipe to a model directory: the order of the work, and nothing of how it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from ssdmath.micro import card, evaluate, pretrain, readme, tokenizer
from ssdmath.micro.evaluate import Measurement
from ssdmath.micro.pretrain import Recipe
from ssdmath.micro.problems import Item, items
from ssdmath.micro.traces import Composition, build
from ssdmath.sampling.prompts import PLACEHOLDER

TOKENIZER_TEXTS = 6_000
SECTIONS = ("training", "composition", "measurement")


def make(output: Path, *, template: str, recipe: Mapping[str, Any]) -> None:
    """Make the model and its card in `output`; `recipe` overrides defaults by section.

    Same recipe, same kind of machine and same number of threads: same bytes.
    """
    if unknown := set(recipe) - set(SECTIONS):
        msg = f"recipe: found {min(unknown)!r}, allowed {', '.join(SECTIONS)}"
        raise ValueError(msg)
    training = Recipe(**recipe.get("training", {}))
    composition = Composition(**recipe.get("composition", {}))
    measurement = Measurement(**recipe.get("measurement", {}))
    torch.set_num_threads(training.threads)
    result = teach(output, template, training, composition)
    describe(output, template, training, composition, measurement, result)


def describe(
    folder: Path,
    template: str,
    recipe: Recipe,
    composition: Composition,
    measurement: Measurement,
    training: Mapping[str, float],
) -> None:
    """Measure the model in a folder and write its card beside it, as JSON and as Markdown."""
    stated = card.card(
        folder,
        recipe=recipe,
        composition=composition,
        measurement=measurement,
        training=training,
        cells=evaluate.measure(folder, template, measurement, threads=recipe.threads),
    )
    (folder / "README.md").write_text(readme.readme(stated))
    (folder / "card.json").write_text(json.dumps(stated, indent=1) + "\n")


def teach(
    output: Path, template: str, recipe: Recipe, composition: Composition
) -> dict[str, float]:
    """Learn the tokenizer, pretrain the model, save both; returns what the training came to."""
    pool = items(split="pretrain", n=recipe.items, seed=recipe.seed)
    words = learn_tokenizer(pool, template, recipe, composition)
    model = pretrain.new_model(recipe, words)
    stream = pretrain.examples(pool, words, template, recipe, composition)
    batches = pretrain.batches(stream, size=recipe.batch, pad=words.pad_token_id)
    result = pretrain.pretrain(model, batches, recipe)
    output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(output)
    words.save_pretrained(output)
    return {"parameters": model.num_parameters(), **result}


def plain(settings: Recipe | Composition | Measurement) -> dict[str, Any]:
    """Settings as they stand in the card: only what JSON knows."""
    return dict(json.loads(json.dumps(asdict(settings))))


def learn_tokenizer(
    pool: Sequence[Item], template: str, recipe: Recipe, composition: Composition
) -> PreTrainedTokenizerFast:
    """Learn the tokenizer from prompts and traces of the pretraining split."""
    rng = Random(f"tokenizer:{recipe.seed}")
    instruction = template.split(PLACEHOLDER)[0]
    texts: list[str] = []
    for item in pool[:TOKENIZER_TEXTS]:
        # The role words of the chat template are worth a token each.
        texts.append(f"user\n{template.replace(PLACEHOLDER, item.statement)}\nassistant\n")
        texts.append(build(item, composition=composition, rng=rng).text)
    return tokenizer.train(texts, vocabulary=recipe.vocabulary, phrases=[instruction])
