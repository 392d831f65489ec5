"""Make a model directory from a recipe: tokenizer, pretraining, measurement and the model card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from ssdmath.micro.worlds import WORLDS
from ssdmath.sampling.prompts import PLACEHOLDER

TOKENIZER_TEXTS = 6_000
PARTS = ("world", "training", "composition", "measurement")
# What the training of a world's model changes of the defaults of `Recipe`.
TRAINING: dict[str, dict[str, Any]] = {
    "decoding": {},
    "ssd": {"steps": 2_400, "equal_tokens": True},
    # Half of the traces run on, so that a step of these costs twice as much.
    "length": {"steps": 1_000, "equal_tokens": True, "completion_tokens": 112},
    "null": {"steps": 2_000, "equal_tokens": True},
}


def make(output: Path, *, template: str, recipe: Mapping[str, Any]) -> None:
    """Make the model of a world in `output`, measure it, write its card as JSON and Markdown.

    `recipe` names the `world` and overrides the values of the other parts for that world. The same
    recipe on the same kind of machine with the same number of threads gives the same bytes.
    ValueError for a part that is not one of PARTS, and for an unknown world.
    """
    if unknown := set(recipe) - set(PARTS):
        raise ValueError(f"recipe: found {min(unknown)!r}, allowed {', '.join(PARTS)}")
    if (world := recipe.get("world", "decoding")) not in WORLDS:
        raise ValueError(f"recipe.world: found {world!r}, allowed {', '.join(WORLDS)}")
    training = Recipe(**{**TRAINING[world], **recipe.get("training", {})})
    composition = replace(WORLDS[world], **recipe.get("composition", {}))
    measurement = Measurement(**recipe.get("measurement", {}))
    torch.set_num_threads(training.threads)
    result = train(output, template, training, composition)
    contents = card.card(
        output,
        world=world,
        recipe=training,
        composition=composition,
        measurement=measurement,
        training=result,
        cells=evaluate.measure(output, template, measurement, threads=training.threads),
    )
    (output / "README.md").write_text(readme.readme(contents))
    (output / "card.json").write_text(json.dumps(contents, indent=1) + "\n")


def train(
    output: Path, template: str, recipe: Recipe, composition: Composition
) -> dict[str, float]:
    """Learn the tokenizer, pretrain the model, save both; returns the numbers for the card."""
    pool = items(split="pretrain", n=recipe.items, seed=recipe.seed)
    learned = learn_tokenizer(pool, template, recipe, composition)
    model = pretrain.new_model(recipe, learned)
    stream = pretrain.examples(pool, learned, template, recipe, composition)
    batches = pretrain.batches(stream, size=recipe.batch, pad=learned.pad_token_id)
    result = pretrain.pretrain(model, batches, recipe)
    output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(output)
    learned.save_pretrained(output)
    return {"parameters": model.num_parameters(), **result}


def learn_tokenizer(
    pool: Sequence[Item], template: str, recipe: Recipe, composition: Composition
) -> PreTrainedTokenizerFast:
    """Learn the tokenizer from prompts and traces of the pretraining split."""
    rng = Random(f"tokenizer:{recipe.seed}")
    instruction = template.split(PLACEHOLDER)[0]
    texts: list[str] = []
    for item in pool[:TOKENIZER_TEXTS]:
        # The role words of the chat template deserve a token each.
        texts.append(f"user\n{template.replace(PLACEHOLDER, item.statement)}\nassistant\n")
        texts.append(build(item, composition=composition, rng=rng).text)
    return tokenizer.train(texts, vocabulary=recipe.vocabulary, phrases=[instruction])
