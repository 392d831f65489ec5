import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from four_b import FOUR_B
from scipy import stats

from ssdmath.config.planning import LengthsConfig, PlanConfig
from ssdmath.config.study import Study, load
from ssdmath.plan import build, counts, disk, lengths, memory, model_shape, page, power
from ssdmath.plan.throughput import Machine

ROOT = Path(__file__).resolve().parents[2]
MICRO = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
GPU = Machine(3000, 8000, 4000, 90, gpus=1, gpu_cents_per_hour=250)


def study(**changes: Any) -> Study:
    """The micro study with parts of its sections replaced."""
    config = MICRO | {
        key: {**MICRO.get(key, {}), **value} if isinstance(value, dict) else value
        for key, value in changes.items()
    }
    return load(config, "micro.yaml")


@pytest.fixture
def micro() -> Study:
    return study()


PILOT = {
    "problems": 20,
    "draws": 4,
    "decoding": "t1",
    "prompt_tokens": 35.0,
    "lengths": {"mean": 44.0, "se": 4.4, "complete": 43.0, "capped": 0.01},
    "variance": {"within": 0.18, "between": 0.05, "accuracy": 0.4},
    "speed": {"draws": 80, "tokens": 3520, "seconds_loading": 2.5, "tokens_per_second": 900.5},
}


def test_the_plan_counts_what_the_grid_makes(micro: Study):
    made = build.plan(micro, Machine(), None, [])
    models, evaluation = len(micro.models), micro.evaluation
    validation = made["stages"]["validation"]
    grid = (models + 1) * len(evaluation.decodings)  # and the placebo
    assert validation["cells"] == grid + len(micro.composed)
    assert validation["jobs"] == models + 2
    assert validation["completions"] == validation["cells"] * 200 * evaluation.draws["validation"]
    assert validation["tokens_at_most"] == validation["completions"] * micro.sampling.cap
    assert made["trainings"] == len(micro.runs)
    assert made["jobs"]["sample_temperatures"] == made["jobs"]["verify_temperatures"] == models
    assert made["jobs"]["sample_placebo"] == made["jobs"]["verify_placebo"] == 1


def test_the_moves_of_a_power_are_tokens_but_no_completions(micro: Study):
    powers = ["t1-pow2x8", "t1-pow4x3"]  # their moves draw 4 and 1.5 times a draw
    arms = {"power_sd": {"decodings": powers[:1]}}
    both = micro, study(evaluation={"power": powers}, arms=arms)
    plain, made = (build.plan(one, Machine(), None, [])["stages"] for one in both)
    cap, evaluation, runs = micro.sampling.cap, micro.evaluation, len(micro.seeds)
    of_test = micro.problems.splits["test"].size * evaluation.draws["test"] * cap
    for stage, moved in (
        ("synthesis", runs * 4 * micro.problems.splits["train"].size * micro.synthesis.draws * cap),
        ("validation", 5.5 * 200 * evaluation.draws["validation"] * cap),
        ("test", 4 * of_test),
    ):
        without = made[stage]["completions"] * cap
        assert made[stage]["tokens"] == without + moved
        assert made[stage]["tokens_at_most"] == without + 2 * moved
        assert plain[stage]["tokens"] == plain[stage]["completions"] * cap
    assert made["test"]["cells"] == plain["test"]["cells"] + 1  # base at the chosen power
    assert counts.jobs(both[1], [])["sample_power"] == 1


def test_synthesis_is_judged_only_where_an_arm_keeps_what_is_correct(micro: Study):
    assert not [rule for rule in counts.jobs(micro, []) if rule.startswith("verify_synthesis")]
    judged = study(arms={"rft": {"decodings": ["t1"], "keep": "correct"}})
    assert counts.jobs(judged, ["report"])["verify_synthesis_0"] == 1


def test_matched_prompts_are_found_once_for_each_synthesis_sample(micro: Study):
    assert "matched_prompts" not in counts.jobs(micro, [])
    matched = study(training=micro.training.model_dump() | {"match": "prompts"})
    assert counts.jobs(matched, [])["matched_prompts"] == len(micro.training.seeds)


def test_an_exact_target_costs_a_pass_and_the_memory_of_a_frozen_model(micro: Study):
    exact = study(arms={"ssd": {"decodings": ["t1.5", "t1.5-p0.8"], "loss": "exact"}})
    rows = [build.plan(one, GPU, None, [])["stages"]["training"] for one in (micro, exact)]
    assert rows[0]["tokens"] == rows[1]["tokens"]
    loading = len(micro.runs) * GPU.load_seconds / 3600
    longer = (rows[1]["device_hours"] - loading) / (rows[0]["device_hours"] - loading)
    assert longer == pytest.approx((2 * 4 / 3 + 1) / 3)  # two of three recipes are exact
    both = [
        memory.terms(FOUR_B, micro.training, tokens=1000, exact=one.learns_exactly)
        for one in (micro, exact)
    ]
    added = {name: size for name, size in both[1].items() if name not in both[0]}
    assert both[1] == both[0] | added
    assert added["frozen model of the exact target, bfloat16"] == 2 * FOUR_B.parameters


def test_the_priors_lengths_are_those_of_the_log_normal_drawn_many_times():
    found = lengths.lognormal(LengthsConfig(median=16_000, capped=0.12), cap=49_152)
    rng = np.random.default_rng(0)
    sigma = math.log(49_152 / 16_000) / 1.174987
    drawn = 16_000 * np.exp(sigma * rng.standard_normal(400_000))
    assert found.mean == pytest.approx(np.minimum(drawn, 49_152).mean(), rel=0.005)
    assert found.complete == pytest.approx(drawn[drawn < 49_152].mean(), rel=0.005)
    assert (drawn >= 49_152).mean() == pytest.approx(0.12, abs=0.002)


def test_a_prior_whose_median_is_above_the_cap_is_an_error():
    with pytest.raises(ValueError, match=r"plan.lengths.median is 200.*below the cap \(128\)"):
        lengths.lognormal(LengthsConfig(median=200, capped=0.1), cap=128)


def test_a_pilot_takes_the_place_of_the_belief(micro: Study):
    believed = build.plan(micro, Machine(), None, [])
    piloted = build.plan(micro, Machine(), PILOT, [])
    assert believed["stages"]["test"]["tokens"] == believed["stages"]["test"]["tokens_at_most"]
    assert piloted["stages"]["test"]["tokens"] == piloted["stages"]["test"]["completions"] * 44
    assert piloted["within"] == pytest.approx((0.18 + 0.12) / 2)  # 20 problems against 20
    assert "pilot (20 problems x 4 draws of base at t1)" in piloted["lengths"]["source"]
    assert piloted["disk_bytes"] < believed["disk_bytes"]
    assert "The pilot made 80 draws at 900 tokens/s" in page.markdown(piloted)


def test_hours_and_cost_follow_from_the_profiles_figures(micro: Study):
    made = build.plan(micro, GPU, PILOT, [])
    stage, slower = made["stages"]["validation"], made["machine"]["slower"]
    seconds = slower * stage["tokens"] / 3000 + 90 * stage["jobs"]
    assert stage["device_hours"] == pytest.approx(seconds / 3600)
    assert made["cost"] == pytest.approx(2.5 * made["device_hours"])
    assert "GPU hours" in page.markdown(made)


@pytest.mark.parametrize(
    ("granted", "words"),
    [({"speed": 3}, "speed is unknown"), ({"load_seconds": -1}, "load_seconds is -1")],
)
def test_a_bad_figure_of_a_profile_is_named(granted: dict[str, int], words: str):
    with pytest.raises(ValueError, match=f"set-resources: plan: {words}.*allowed"):
        Machine.of(granted)


def test_more_draws_need_more_disk_and_find_smaller_differences(micro: Study):
    more = study(evaluation={"draws": {"validation": 8, "test": 16}})
    few, many = (build.plan(one, Machine(), None, []) for one in (micro, more))
    assert few["disk_bytes"] < many["disk_bytes"]
    for before, after in zip(few["contrasts"], many["contrasts"], strict=True):
        assert after["mde80"] < before["mde80"]
        assert after["chance_write_up"] > before["chance_write_up"]


def test_the_disk_holds_the_states_of_the_trainings_under_way(micro: Study):
    believed = lengths.of(micro, None)
    one, two = (disk.needed(micro, believed, at_once=n) for n in (1, 2))
    size = model_shape.parameters(ROOT / "models" / "micro")
    assert two - one == 2 * 3 * 4 * size  # two states: weights and two moments of 4 bytes
    split = disk.needed(micro, believed, split=True)  # over several GPUs: the weights twice
    assert split - one == 2 * 4 * size


def test_without_variance_between_runs_a_contrast_is_millers_formula():
    prior = PlanConfig(between_runs=0)
    se, df = power.error(power.Design(300, 4, 2, 0), 0.12, prior)
    expected = 2.801585 * math.sqrt((0.01 + 0.12 / 8 + 0.12 / 4) / 300)
    assert math.isinf(df)
    assert power.detectable(se, df) == pytest.approx(expected, rel=1e-6)


def test_few_runs_that_differ_detect_less():
    se, df = power.error(power.Design(300, 4, 2, 0), 0.12, PlanConfig(between_runs=0.03))
    assert df < 3
    assert power.detectable(se, df) > 1.5 * power.detectable(se, math.inf)


def test_the_chance_to_find_a_difference_is_what_simulated_studies_find():
    rng = np.random.default_rng(1)
    z = (0.03 + 0.012 * rng.standard_normal(200_000)) / 0.012
    assert power.chance(0.03, 0.012) == pytest.approx((abs(z) > 1.959964).mean(), abs=0.004)
    assert power.chance(0.0, 0.012) == pytest.approx(0.05)


@pytest.mark.parametrize("df", [4, 9, 30])
def test_with_few_runs_the_chance_is_that_of_a_t_test(df: int):
    rng = np.random.default_rng(2)
    scale = np.sqrt(rng.chisquare(df, 400_000) / df)
    found = abs((0.05 / 0.012 + rng.standard_normal(400_000)) / scale) > stats.t.ppf(0.975, df)
    assert power.chance(0.05, 0.012, df) == pytest.approx(found.mean(), abs=0.015)
    assert power.chance(0.0, 0.012, df) == pytest.approx(0.05)


@pytest.mark.parametrize("df", [2.5, 12.0, math.inf])
def test_the_detectable_difference_is_found_four_times_in_five(df: float):
    assert power.chance(power.detectable(0.012, df), 0.012, df) == pytest.approx(0.8, abs=0.005)


def test_the_page_says_what_the_study_can_and_cannot_detect(micro: Study):
    text = page.markdown(build.plan(micro, Machine(), None, ["report"]))
    text = re.sub(" +", " ", text)  # columns are padded
    for words in ("| synthesis |", "| validation |", "| test |", "| training |", "GB on disk"):
        assert words in text
    for contrast in micro.contrasts:
        assert f"**{contrast.name}** cannot be relied on to detect" in text
    assert "would be found in only" in text
    assert "The rule `geometry` needs about 8." in text  # 4 of tiles, 4 assumed
    assert "| report | 1 |" in text


def test_the_same_study_has_the_same_plan(micro: Study):
    assert build.plan(micro, GPU, PILOT, []) == build.plan(study(), GPU, PILOT, [])


def test_twice_the_runs_problems_or_draws_make_smaller_effects_detectable(micro: Study):
    for row in build.plan(micro, Machine(), None, [])["contrasts"]:
        twice = row["mde80_of_twice"]
        assert all(value <= row["mde80"] for value in twice.values())
        assert twice["problems"] < twice["draws"]


def test_a_contrast_of_some_runs_is_planned_with_these_alone(micro: Study):
    name = micro.contrasts[0].name
    sides = {"a": {"arm": "ssd", "seeds": [0, 1]}, "b": {"arm": "base"}}
    few = study(contrasts=[{"name": name, "family": "primary", "split": "test"} | sides])
    row = build.plan(few, Machine(), None, [])["contrasts"][0]
    assert (row["runs_a"], row["runs_b"]) == (2, 0)
    assert row["mde80"] > build.plan(micro, Machine(), None, [])["contrasts"][0]["mde80"]
