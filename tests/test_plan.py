from pathlib import Path

import pytest
import yaml

from ssdmath import plan
from ssdmath.study import Study, load

MICRO = Path(__file__).resolve().parent.parent / "config" / "micro.yaml"


@pytest.fixture
def micro() -> Study:
    return load(yaml.safe_load(MICRO.read_text()), "micro.yaml")


def test_the_plan_counts_what_the_grid_makes(micro: Study):
    made = plan.plan(micro)
    models, evaluation = len(micro.models), micro.evaluation
    validation = made["stages"]["validation"]
    assert validation["cells"] == models * len(evaluation.decodings)
    assert validation["completions"] == validation["cells"] * 200 * evaluation.draws["validation"]
    assert validation["tokens_at_most"] == validation["completions"] * micro.sampling.cap
    assert made["trainings"] == len(micro.runs)


def test_more_draws_need_more_disk_and_find_smaller_differences(micro: Study):
    fewer, more = (
        micro.model_copy(
            update={"evaluation": micro.evaluation.model_copy(update={"draws": draws})}
        )
        for draws in ({"validation": 4, "test": 4}, {"validation": 8, "test": 8})
    )
    assert plan.disk_bytes(fewer) < plan.disk_bytes(more)
    assert plan.detectable(more)["test"] < plan.detectable(fewer)["test"]


def test_the_page_names_every_stage(micro: Study):
    page = plan.markdown(plan.plan(micro))
    for words in ("| train |", "| validation |", "| test |", "found in 80 %", "GB on disk"):
        assert words in page
