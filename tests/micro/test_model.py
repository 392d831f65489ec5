"""The shipped micro model is what its card says, and the recipe makes the same bytes twice."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from ssdmath.micro import build, card, evaluate, readme
from ssdmath.micro.evaluate import Measurement
from ssdmath.micro.pretrain import Recipe, rate_factor
from ssdmath.micro.problems import items
from ssdmath.micro.traces import Composition
from ssdmath.micro.worlds import MODELS, WORLDS
from ssdmath.provenance import job_records
from ssdmath.sampling import prompts

MODEL = Path("models/micro")
TEMPLATE = prompts.template("config/prompts/boxed.txt")
TINY = {
    "steps": 3,
    "batch": 4,
    "items": 42,
    "hidden": 32,
    "layers": 1,
    "heads": 1,
    "intermediate": 64,
}


@pytest.fixture(scope="module")
def stated():
    return json.loads((MODEL / "card.json").read_text())


@pytest.fixture(params=MODELS)
def shipped(request):
    """World, folder and card of each model that ships."""
    folder = Path(MODELS[request.param])
    return request.param, folder, json.loads((folder / "card.json").read_text())


def plain(settings):
    """As JSON gives it back: lists instead of tuples."""
    return json.loads(json.dumps(asdict(settings)))


def accuracy(stated, temperature, stratum="all"):
    return next(
        cell["accuracy"]
        for cell in stated["accuracy"]
        if cell["temperature"] == temperature and cell["stratum"] == stratum
    )


def test_the_weights_are_those_of_the_card(shipped):
    _, folder, stated = shipped
    assert job_records.sha256(folder / stated["weights"]["file"]) == stated["weights"]["sha256"]


def test_the_card_states_the_recipe_and_the_composition_of_the_code(shipped):
    world, _, stated = shipped
    assert stated["world"] == world
    assert stated["recipe"] == plain(Recipe(**build.TRAINING[world]))
    assert stated["composition"] == plain(WORLDS[world])
    assert stated["measurement"] == plain(Measurement())


def test_the_readme_is_written_from_the_card(shipped):
    _, folder, stated = shipped
    assert (folder / "README.md").read_text() == readme.readme(stated)


def test_a_shipped_model_is_a_small_float32_qwen3(shipped):
    _, folder, stated = shipped
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert model.config.model_type == "qwen3"
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert model.num_parameters() == stated["training"]["parameters"] < 1_100_000
    assert sum(f.stat().st_size for f in folder.iterdir()) < 6_000_000


def test_at_temperature_one_the_levels_are_ordered_and_neither_trivial_nor_hopeless(stated):
    easy, medium, hard = (accuracy(stated, 1.0, s) for s in ("easy", "medium", "hard"))
    assert 0.30 <= accuracy(stated, 1.0) <= 0.65
    assert easy - medium >= 0.10
    assert medium - hard >= 0.10


def test_on_hard_problems_the_best_temperature_is_an_interior_one(stated):
    by_temperature = {
        cell["temperature"]: cell["accuracy"]
        for cell in stated["accuracy"]
        if cell["stratum"] == "hard"
    }
    inner = max(a for t, a in by_temperature.items() if 0 < t < 1.5)
    assert inner - by_temperature[0.0] >= 0.05
    assert inner - by_temperature[1.5] >= 0.05


def test_length_stops_and_unclosed_thinking_happen_at_the_cap(stated):
    shares = next(
        cell["shares"]
        for cell in stated["accuracy"]
        if cell["temperature"] == 1.0 and cell["stratum"] == "all"
    )
    assert shares["length_stop"] >= 0.01
    assert shares["unclosed_think"] >= 0.01


def test_the_same_recipe_gives_the_same_bytes(tmp_path):
    hashes = []
    for name in ("a", "b"):
        build.train(tmp_path / name, TEMPLATE, Recipe(**TINY), Composition())
        hashes.append(job_records.sha256(tmp_path / name / card.WEIGHTS))
    assert hashes[0] == hashes[1]


def test_making_writes_a_model_with_its_card(tmp_path):
    recipe = {
        "training": TINY,
        "measurement": {"problems": 21, "draws": 1, "cap": 8, "temperatures": [0.0, 1.0]},
    }
    build.make(tmp_path / "made", template=TEMPLATE, recipe=recipe)
    made = json.loads((tmp_path / "made" / "card.json").read_text())
    assert made["weights"]["sha256"] == job_records.sha256(tmp_path / "made" / card.WEIGHTS)
    assert {cell["draws"] for cell in made["accuracy"] if cell["stratum"] == "all"} == {21}
    assert "laboratory animal" in (tmp_path / "made" / "README.md").read_text()


def test_an_unknown_part_of_a_recipe_is_refused():
    with pytest.raises(ValueError, match="recipe: found 'trainig', allowed world, training"):
        build.make(Path("unused"), template=TEMPLATE, recipe={"trainig": {}})


def test_an_unknown_world_is_refused():
    with pytest.raises(ValueError, match=r"recipe\.world: found 'sdd', allowed decoding, ssd"):
        build.make(Path("unused"), template=TEMPLATE, recipe={"world": "sdd"})


def test_the_rate_rises_stays_and_falls_to_zero():
    recipe = Recipe(steps=100, warm_up=0.1, cool_down=0.5)
    assert rate_factor(0, recipe) == pytest.approx(0.1)
    assert rate_factor(30, recipe) == 1
    assert rate_factor(99, recipe) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("12", 12),
        ("-3", -3),
        ("\\frac{6}{8}", 0.75),
        ("\\frac{1}{0}", None),
        ("x", None),
        (None, None),
    ],
)
def test_a_box_is_read_as_a_whole_number_or_a_fraction(box, expected):
    assert evaluate.read(box) == expected


def test_pretraining_never_sees_numbers_of_another_split():
    pretrained = {
        (i.family.name, tuple(sorted(i.parameters)))
        for i in items(split="pretrain", n=12_000, seed=0)
    }
    for split in ("train", "validation", "test"):
        other = {
            (i.family.name, tuple(sorted(i.parameters))) for i in items(split=split, n=500, seed=0)
        }
        assert not pretrained & other
