"""The closed form with a model's own beliefs, against arithmetic and against draws of the model."""

import json
from pathlib import Path

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


def believed(world, decodings, n=90):
    """P(success) of a world's model under each decoding, mean over `n` validation problems."""
    folder = MODELS[world]
    problems = items(split="validation", n=n, seed=0)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    statements = [item.statement for item in problems]
    rendered = prompts.render(tokenizer, TEMPLATE, statements, thinking=True)
    parsed = [Decoding.parse(name) for name in decodings]
    by_problem = success(folder, problems, rendered, WORLDS[world], parsed)
    assert by_problem.shape == (n, len(decodings))
    return dict(zip(decodings, by_problem.mean(axis=0), strict=True))


@pytest.mark.parametrize("world", MODELS)
def test_the_beliefs_of_a_shipped_model_predict_its_measured_accuracy(world):
    card = json.loads((Path(MODELS[world]) / "card.json").read_text())
    measured = next(
        cell["accuracy"]
        for cell in card["accuracy"]
        if (cell["temperature"], cell["stratum"]) == (1.0, "all")
    )
    # Other problems than the card's, and self-checks correct some slips.
    assert believed(world, ["t1"])["t1"] == pytest.approx(measured, abs=0.09)


def test_in_the_null_world_no_temperature_beats_one_and_a_perfect_student_hardly_gains():
    found = believed("null", ["t0.7", "t1", "t1.3", "t1-of-t1.3-p0.95"])
    assert found["t1"] >= max(found.values()) - 0.02
    assert found["t1"] == max(found[name] for name in ("t0.7", "t1", "t1.3"))


def test_in_the_length_world_no_temperature_helps_much():
    found = believed("length", ["t0.5", "t0.7", "t1", "t1.3"])
    assert max(found.values()) - found["t1"] < 0.08


def test_in_the_world_for_ssd_a_composed_decoding_doubles_what_base_reaches():
    found = believed("ssd", ["t1", "t1.5-p0.5", "t2-p0.5", "t4-of-t1.3-p0.6"])
    best = max(found[name] for name in ("t1", "t1.5-p0.5", "t2-p0.5"))
    assert found["t4-of-t1.3-p0.6"] > 1.8 * best
