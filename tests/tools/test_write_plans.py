"""The table of docs/plan.md is what the shipped configs and the GPU profile say."""

import pytest
import write_plans

from ssdmath.plan import build


def test_the_page_shows_the_plans_of_the_shipped_studies():
    page = write_plans.PAGE.read_text()
    assert write_plans.replaced(page) == page


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="plans:begin"):
        write_plans.replaced("no table here")


@pytest.mark.parametrize(
    ("name", "hours", "arms"),
    [
        ("qwen3.5-4b", 262, {"ssd", "ssd_complete", "naive", "naive_complete", "rft", "stress"}),
        ("qwen3.5-4b-budget", 62, {"ssd", "ssd_complete", "naive", "naive_complete"}),
        ("qwen3.5-first-look", 21, {"ssd"}),
    ],
)
def test_an_affordable_study_costs_what_its_name_promises(name: str, hours: float, arms: set[str]):
    study = write_plans.study(name)
    plan = build.plan(study, write_plans.machine(), None, [])
    assert 0.8 * hours < plan["device_hours"] <= hours
    assert set(study.arms) == arms
    assert study.composed
    if name != "qwen3.5-4b":
        assert study.training.lora is not None
        assert plan["memory"]["gpus_needed"] == 1
