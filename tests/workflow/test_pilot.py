"""`snakemake pilot` on the tiny study: what it makes, and the plan that reads it."""

import json

import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    return StudyFolder(tmp_path_factory.mktemp("piloted"))


def test_a_pilot_is_made_and_the_next_plan_uses_it(clone: StudyFolder):
    study = tiny_study() | {"pilot": {"problems": 4, "draws": 2}}
    done = clone.run(study, "--quiet", "rules", "--", "pilot")
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((clone.results / "pilot.json").read_text())
    assert (found["problems"], found["draws"]) == (4, 2)
    assert found["speed"]["draws"] == 8
    assert not (clone.results / "samples").exists()
    done = clone.run(study, "--quiet", "all", "--", "plan")
    assert done.returncode == 0, done.stderr[-3000:]
    plan = json.loads((clone.results / "plan.json").read_text())
    assert plan["piloted"]
    assert plan["lengths"]["mean"] == found["lengths"]["mean"]
    assert "(4 problems x 2 draws of base at t1)" in plan["lengths"]["source"]
