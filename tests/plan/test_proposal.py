import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ssdmath.config.study import Study, load
from ssdmath.plan import build, design_page, proposal
from ssdmath.plan.sizes import Sizes, lines, resized
from ssdmath.plan.throughput import Machine

ROOT = Path(__file__).resolve().parents[2]
GPU = Machine(3200, 8000, 4200, 90, gpus=1, gpu_cents_per_hour=250)
SHIPPED = ["micro", "micro-arms", "smoke", "qwen3.5-4b", "qwen3.5-4b-budget"]
SHIPPED += ["qwen3.5-first-look", "paper-qwen3-4b-thinking"]


def config(name: str, **asked: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())
    return found | {"plan": found.get("plan", {}) | {"design": asked}}


def study(name: str, **asked: Any) -> Study:
    return load(config(name, **asked), name)


def pasted(before: dict[str, Any], text: str) -> dict[str, Any]:
    """The config with the lines in the places of the keys of the same names."""
    after = copy.deepcopy(before)
    for section, keys in yaml.safe_load(text).items():
        for key, value in keys.items():
            after[section][key] = after[section][key] | value if key == "splits" else value
    return after


@pytest.mark.parametrize("name", SHIPPED)
def test_the_present_config_costs_and_detects_what_its_plan_says(name: str):
    found = proposal.propose(study(name, hours=1e6), GPU, None, None)
    plan = build.plan(study(name), GPU, None, [])
    assert found["now"]["hours"] == plan["device_hours"]
    primary = [row["mde80"] for row in plan["contrasts"] if row["family"] == "primary"]
    assert found["now"]["effect"] == pytest.approx(max(primary), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "asked"),
    [("micro", {"hours": 0.9}), ("qwen3.5-4b", {"hours": 300}), ("qwen3.5-4b", {"points": 4})],
)
def test_the_pasted_lines_make_a_study_whose_plan_is_what_was_promised(
    name: str, asked: dict[str, float]
):
    before = config(name, **asked)
    found = proposal.propose(load(before, name), GPU, None, None)
    after = load(pasted(before, found["lines"]), name)
    plan = build.plan(after, GPU, None, [])
    assert plan["device_hours"] == pytest.approx(found["chosen"]["hours"])
    (row,) = [row for row in plan["contrasts"] if row["family"] == "primary"]
    assert row["mde80"] == pytest.approx(found["chosen"]["effect"])
    assert Sizes.of(after)._asdict() == found["chosen"]["sizes"]
    assert after.evaluation.default in after.evaluation.decodings


def test_a_resized_study_differs_from_the_first_in_its_sizes_alone():
    before = study("qwen3.5-4b")
    sizes = Sizes(3, 7, 200, 1, 500, 3)
    after = resized(before, sizes)
    changed = {name for name in Study.model_fields if getattr(after, name) != getattr(before, name)}
    assert changed == {"problems", "training", "evaluation"}
    assert Sizes.of(after) == sizes
    assert after.training.seeds == [0, 1, 2]
    assert after.problems.splits["train"] == before.problems.splits["train"]
    assert {"t0.7-k20-p0.95", "t1-k20-p0.95-pp1.5"} <= set(after.evaluation.decodings)
    assert after.problems.splits["validation"].sources == {"omni_math_2": 120, "olympiadbench": 80}
    assert after.problems.splits["test"].sources == before.problems.splits["test"].sources
    assert resized(before, Sizes.of(before)) == before
    assert yaml.safe_load(lines(before, before)) == {}


def test_a_baseline_that_a_contrast_names_takes_no_place_in_the_grid():
    content = config("micro", hours=1e6)
    content["evaluation"]["baselines"] = ["t0.9-m0.1"]
    side = {"arm": "base", "decoding": "t0.9-m0.1"}
    named = {"name": "baseline", "family": "exploratory", "split": "test"}
    content["contrasts"] = [*content["contrasts"], named | {"a": {"arm": "ssd"}, "b": side}]
    made = load(content, "x")
    assert resized(made, Sizes.of(made)) == made


def test_scaled_numbers_of_sources_add_up():
    before = study("qwen3.5-4b")
    for size in range(3, 160):
        after = resized(before, Sizes.of(before)._replace(test_problems=size))
        sources = after.problems.splits["test"].sources
        assert isinstance(sources, dict)
        assert sum(sources.values()) == size
        assert min(sources.values()) > 0


def test_seeds_that_a_contrast_names_stay():
    before = config("micro", hours=1e6, runs=5)
    before["training"]["seeds"] = [4, 0, 1, 7]
    before["contrasts"][0]["a"]["seeds"] = [0, 1]
    found = proposal.propose(load(before, "micro"), GPU, None, None)
    assert found["space"]["runs"][:2] == (3, 5)
    before["plan"]["design"]["runs"] = 2
    with pytest.raises(ValueError, match=r"plan.design.runs is 2; allowed: 3 or more"):
        proposal.propose(load(before, "micro"), GPU, None, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "found neither hours nor points; allowed: hours .* or points .*, one of the two"),
        ({"hours": 9, "draws": 1}, "plan.design.draws is 1; allowed: 4 or more"),
        ({"hours": 9, "problems": {"test": 20}}, "problems.test is 20; allowed: 100 or more"),
        ({"hours": 9, "problems": {"test": 10**9}}, "ask for .* sizes; allowed: up to 1,000,000"),
        ({"hours": 9, "loss": 1e-4}, "plan.design.loss is 0.0001; allowed: .* or more"),
    ],
)
def test_a_question_without_an_answer_says_what_is_allowed(change: dict[str, Any], words: str):
    with pytest.raises(ValueError, match=words):
        proposal.propose(study("micro", **change), GPU, None, None)


def test_hours_and_points_together_are_refused_when_the_config_is_read():
    with pytest.raises(ValueError, match=r"plan.design: hours is 3 and points is 2; give one"):
        study("micro", hours=3, points=2)


def test_a_primary_contrast_must_be_on_the_test_split():
    made = config("micro", hours=1)
    made["contrasts"][0]["split"] = "validation"
    with pytest.raises(ValueError, match=r"split is 'validation'; .* contrast on 'test'"):
        proposal.propose(load(made, "micro"), GPU, None, None)
    with pytest.raises(ValueError, match="contrasts: none is declared"):
        proposal.propose(load(made | {"contrasts": []}, "micro"), GPU, None, None)


def test_an_earlier_study_and_a_pilot_take_the_place_of_beliefs():
    measured = {"study": "old", "within": 0.2, "between": 0.1, "effects": 0.02}
    measured |= {"between_runs": 0.01, "decodings": 0.05}
    asked = study("micro", hours=1e6)
    believed = proposal.propose(asked, GPU, None, None)["components"]
    assert (believed["within"], believed["between"], believed["correlation"]) == (0.12, None, None)
    found = proposal.propose(asked, GPU, None, measured)["components"]
    assert found["correlation"] == pytest.approx(1 - 0.02 / 0.2)
    assert found["between_runs"] == 0.01
    assert set(found["origin"].values()) == {"measured in old"}
    pilot = {"problems": 20, "draws": 4, "decoding": "t1", "prompt_tokens": 35.0}
    pilot |= {"lengths": {"mean": 44.0, "se": 4.4, "complete": 43.0, "capped": 0.01}}
    pilot |= {"variance": {"within": 0.18, "between": 0.05, "accuracy": 0.4}}
    piloted = proposal.propose(asked, GPU, pilot, None)["components"]
    assert piloted["within"] == pytest.approx(0.15)
    assert piloted["correlation"] == pytest.approx(0.9)


def test_the_page_shows_the_design_the_lines_and_where_the_config_lies():
    found = proposal.propose(study("qwen3.5-4b", hours=300), GPU, None, None)
    page = design_page.markdown(found)
    assert "The best design for 300 GPU hours takes 300 GPU hours" in page
    assert found["lines"].rstrip() in page
    rows = [line for line in page.splitlines() if line.startswith("| █")]
    hours = [float(row.split("|")[6].replace(",", "")) for row in rows]
    assert hours == sorted(hours)
    assert sum("the config as it is" in row for row in rows) == 1
    assert sum("this design" in row for row in rows) == 1
    assert max(map(len, page.splitlines())) < 400


def test_a_config_outside_the_ranges_is_marked():
    page = design_page.markdown(proposal.propose(study("smoke", hours=9), GPU, None, None))
    assert "The config's runs lie outside" in page
    assert "more hours find no smaller effect" in page
