"""What a race is expected to draw, in the plan, in the design and in the jobs' limits."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ssdmath.config.names import Model
from ssdmath.config.study import Study, load
from ssdmath.grid import sweeps
from ssdmath.plan import build, counts, proposal, race
from ssdmath.plan.throughput import Machine

ROOT = Path(__file__).resolve().parents[2]
MICRO = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
GPU = Machine(3200, 8000, 4200, 0, gpus=1, gpu_cents_per_hour=250)
BASE, PLACEBO = Model.parse("base"), Model.parse("placebo")
RACE = {"rungs": [{"problems": 0.25}, {"problems": 0.5, "draws": 2}], "keep": 0.2, "reach": 0}


def study(racing: dict[str, Any] | None = RACE, **plan: Any) -> Study:
    config = copy.deepcopy(MICRO)
    config["evaluation"]["racing"] = racing
    config["plan"] = plan
    return load(config, "micro.yaml")


def test_the_draws_of_a_model_are_those_of_its_rungs():
    raced = study()
    grid, composed, placebo = sweeps.validation(raced)
    share = race.WITHIN_REACH * 0.2
    made = 0.25 + share * (1 - 0.25) + share**2 * (4 - 1)
    assert race.draws(raced, composed, BASE).made == pytest.approx(made)
    cells = len(MICRO["evaluation"]["sweeps"]["temperatures"])
    left = share + 1 / cells  # t1, the default
    assert race.kept(raced, placebo[1], PLACEBO) == pytest.approx(left)
    assert race.draws(raced, placebo, PLACEBO).repeated == pytest.approx(0.25 + left * 1)
    several, one = map(Model.parse, ("ssd_t1.5-p0.8_s0@30", "ssd_t1.5_s0@30"))
    assert race.kept(raced, grid[1], several) == pytest.approx(share + 2 / cells)  # and t0.7
    assert race.kept(raced, grid[1], several) == race.kept(raced, grid[1], one)
    assert race.draws(raced, grid, BASE).made > race.draws(raced, grid, several).made
    of_one = sum(race.added(raced, grid, at) for at in range(3))
    assert of_one == race.draws(raced, grid, Model.parse(raced.models[-1])).made


def test_without_a_race_every_draw_is_made():
    plain = study(None)
    stage = counts.stages(plain)["validation"]
    assert stage.completions == stage.most
    assert stage.repeated == 0
    assert stage.jobs == len(plain.models) + 2


def test_the_plan_counts_fewer_draws_and_the_jobs_of_every_rung():
    raced, plain = (build.plan(study(value), GPU, None, []) for value in (RACE, None))
    of_raced, of_plain = (plan["stages"]["validation"] for plan in (raced, plain))
    assert 0.2 < of_raced["completions"] / of_plain["completions"] < 0.6
    assert of_raced["tokens_at_most"] == of_plain["tokens_at_most"]
    assert of_raced["cells"] == of_plain["cells"]
    assert of_raced["jobs"] == 3 * of_plain["jobs"]
    assert raced["device_hours"] < plain["device_hours"]
    assert raced["disk_bytes"] < plain["disk_bytes"]
    jobs = raced["jobs"]
    assert jobs["race_0"] == jobs["race_1"] == len(study().chosen_arms)
    assert jobs["sample_rung_2"] == jobs["verify_rung_0"] == len(study().models)
    assert jobs["sample_composed_1"] == jobs["verify_placebo_2"] == 1
    assert "sample_temperatures" not in jobs


@pytest.mark.parametrize("asked", [{"hours": 0.5}, {"points": 9}])
def test_a_design_of_a_raced_study_costs_what_its_plan_says(asked: dict[str, float]):
    found = proposal.propose(study(design=asked), GPU, None, None)
    full = proposal.propose(study(None, design=asked), GPU, None, None)
    assert found["now"]["hours"] < full["now"]["hours"]
    sizes = found["chosen"]["sizes"]
    assert (sizes["validation_problems"], sizes["validation_draws"]) == (200, 4)


def test_names_of_sweeps_and_the_first_problems_of_a_rung():
    names = {sweep.name: sweep for sweep in sweeps.sweeps(study())}
    assert {"rung_0", "rung_1", "rung_2", "composed_2", "placebo_0"} <= set(names)
    assert not {"temperatures", "composed", "placebo"} & set(names)
    assert (names["rung_0"].first, names["rung_0"].draws) == (50, 1)
    assert (names["rung_1"].first, names["rung_1"].draws) == (100, 2)
    assert (names["rung_2"].first, names["rung_2"].draws) == (None, 4)
    assert names["rung_2"].settings(study()).keys() == names["test"].settings(study()).keys()
