"""The closed form with a model's own beliefs, against arithmetic and against draws of the model."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism.world_success import _product, reshaped, success
from ssdmath.micro.problems import items
from ssdmath.micro.worlds import MODELS, WORLDS
from ssdmath.sampling import prompts

TEMPLATE = prompts.template("config/prompts/boxed.txt")


def test_the_product_takes_what_is_right_and_leaves_checks_out_of_the_turn():
    logp = torch.tensor([[0.5, 0.3, 0.2, 0.0], [0.1, 0.6, 0.1, 0.2]]).log()
    turns = torch.tensor([False, True])
    # The fork has two right tokens; the turn's check (token 3) only puts the decision off.
    found = _product(logp, [[0, 1], [1]], turns, [3], Decoding(temperature=1))
    assert found == pytest.approx(0.8 * 0.6 / 0.8)


@pytest.mark.parametrize("target", ["t1-p0.85", "t1.5-p0.8", "t0.8-m0.1"])
def test_a_composed_decoding_reshapes_twice(target):
    logp = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    student = reshaped(reshaped(logp, Decoding.parse(target)), Decoding.parse("t2"))
    composed = reshaped(logp, Decoding.parse(f"t2-of-{target}"))
    torch.testing.assert_close(composed.exp(), student.exp())


@pytest.mark.parametrize("world", MODELS)
def test_the_beliefs_of_a_shipped_model_predict_its_measured_accuracy(world):
    folder = MODELS[world]
    card = json.loads((Path(folder) / "card.json").read_text())
    problems = items(split="validation", n=90, seed=0)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    statements = [item.statement for item in problems]
    rendered = prompts.render(tokenizer, TEMPLATE, statements, thinking=True)
    plain = [Decoding(temperature=1.0)]
    predicted = success(folder, problems, rendered, WORLDS[world], plain)
    assert predicted.shape == (90, 1)
    measured = next(
        cell["accuracy"]
        for cell in card["accuracy"]
        if (cell["temperature"], cell["stratum"]) == (1.0, "all")
    )
    # Other problems than the card's, and self-checks correct some slips.
    assert np.mean(predicted) == pytest.approx(measured, abs=0.09)
