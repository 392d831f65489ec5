"""`snakemake design`: what it writes and prints, and its errors in one line."""

import json

import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return StudyFolder(tmp_path_factory.mktemp("sized"))


def asked(**question: object) -> dict[str, object]:
    return tiny_study() | {"plan": {"design": question}}


def test_a_design_is_printed_and_written_with_its_chart_and_nothing_else(clone: StudyFolder):
    done = clone.run(asked(hours=50), "--quiet", "all", "--", "design")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Design of the study tiny" in done.stdout
    found = json.loads((clone.results / "design.json").read_text())
    assert found["chosen"]["hours"] <= 50
    chart = (clone.results / "design.svg").read_text()
    for text in ("this design", "the config as it is", "core hours"):
        assert text in chart
    made = {path.name for path in clone.results.iterdir()}
    kept = {"benchmarks", "design.json", "design.md", "design.svg", "logs", "provenance"}
    assert {name for name in made if not name.startswith(".")} == kept


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"hours": 1e-7}, "plan.design.hours is 1e-07; allowed: "),
        ({"points": 0.001}, "plan.design.points is 0.001; allowed: "),
        ({}, "plan.design: found neither hours nor points; allowed: "),
        ({"hours": 1, "points": 1}, "plan.design: hours is 1 and points is 1; give one of the two"),
        ({"hours": 1, "earlier": "gone"}, "plan.design.earlier is 'gone': found no verdicts"),
    ],
)
def test_a_design_that_cannot_be_asked_for_is_refused_in_one_line(
    clone: StudyFolder, question: dict[str, object], words: str
):
    done = clone.run(asked(**question), "--quiet", "all", "--", "design")
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if "error:" in line]
    assert words in line
    assert "Traceback" not in done.stderr


def test_a_run_plans_the_study_and_searches_for_no_design(clone: StudyFolder):
    planned = clone.planned(asked(hours=50))
    assert "plan" in planned
    assert "design" not in planned
