"""What a plan says of declared looks: their jobs, and the draws that they are expected to spare."""

from typing import Any

import pytest
from changed_config import changed

from ssdmath.config.study import Study, load
from ssdmath.plan import build, counts, page
from ssdmath.plan.throughput import Machine

GPU = Machine(3200, 8000, 4200, 0, gpus=1, gpu_cents_per_hour=250)


def study(fractions: list[float] | None, **plan: Any) -> Study:
    config = changed("evaluation.looks", fractions)
    config["plan"] = plan
    return load(config, "my.yaml")


def test_every_look_has_its_jobs_and_no_draw_is_counted_twice():
    plain, looked = (build.plan(study(value), GPU, None, []) for value in (None, [0.5, 1]))
    before, after = (plan["stages"]["test"] for plan in (plain, looked))
    assert after["completions"] == before["completions"]
    assert after["jobs"] == 2 * before["jobs"]
    assert looked["disk_bytes"] > plain["disk_bytes"]
    jobs = looked["jobs"]
    assert jobs["sample_test_0"] == jobs["sample_test"] == plain["jobs"]["sample_test"]
    assert jobs["verify_placebo_test_0"] == 1
    stage = counts.stages(study([0.25, 0.5, 1]))["test"]
    assert stage.repeated == pytest.approx(0.75 * stage.most, rel=0.01)
    assert "looks" not in plain


def test_the_larger_the_effect_the_fewer_draws_and_runs_that_differ_spare_few():
    same, differing = (
        build.plan(study([0.25, 0.5, 1], interesting=0.3, between_runs=sd), GPU, None, [])
        for sd in (0.0, 0.1)
    )
    found = same["looks"]
    assert found["effects"] == [0.0, 0.019, 0.3]
    assert found["share"][0] == pytest.approx(1 - 0.75 * 1.47e-5 - 0.5 * 0.00303, abs=1e-4)
    assert found["share"][0] > found["share"][1] > found["share"][2]
    assert differing["looks"]["share"][2] > found["share"][2]
    stops = [row["stops_from"] for row in found["rows"]]
    assert stops == sorted(stops, reverse=True)
    text = page.markdown(same)
    assert "Expected share of the test draws: 100% if the true difference is 0 points" in text
    assert f"| {found['rows'][0]['problems']}" in text
