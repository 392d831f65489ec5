"""The sweeps and settings of declared looks, and that a study without them is as it was."""

from typing import Any

import pytest
from changed_config import changed

from ssdmath.config.study import StudyError, load
from ssdmath.grid import looks, settings, sweeps
from ssdmath.tables import atomic
from ssdmath.workflow import study_files


def looked(fractions: list[float]) -> Any:
    return load(changed("evaluation.looks", fractions), "my.yaml")


def test_every_look_but_the_last_is_a_sweep_of_the_first_test_problems():
    study = looked([0.1, 0.3, 1])
    size = study.problems.splits["test"].size
    assert looks.sizes(study) == [round(0.1 * size), round(0.3 * size), size]
    names = {sweep.name: sweep for sweep in sweeps.sweeps(study)}
    arms, placebo = [names["test_0"], names["test_1"], names["test"]], names["placebo_test_1"]
    assert [sweep.first for sweep in arms] == [round(0.1 * size), round(0.3 * size), None]
    assert [sweep.folder for sweep in arms] == ["looks/0/", "looks/1/", ""]
    assert placebo.settings(study)["first"] == round(0.3 * size)
    assert (placebo.log, placebo.seed) == (names["placebo_test"].log, names["placebo_test"].seed)
    assert settings.look(study, 1)["sizes"] == looks.sizes(study)
    assert settings.look(study, 1)["contrast"]["family"] == "primary"


def test_without_looks_nothing_of_them_is_in_the_study():
    study = load(changed("evaluation.looks", None), "my.yaml")
    assert "looks" not in study.model_dump(mode="json")["evaluation"]
    assert settings.digest(study) == settings.digest(load(changed("smoke", False), "my.yaml"))
    assert not {"test_0", "placebo_test_0"} & {sweep.name for sweep in sweeps.sweeps(study)}
    assert (looks.sizes(study), looks.before_last(study)) == ([], 0)
    assert "looks" in looked([0.5, 1]).model_dump(mode="json")["evaluation"]


def test_no_cell_is_sampled_after_a_look_that_decided(tmp_path):
    file = tmp_path / "look.json"
    for decided in (False, True):
        atomic.write_json({"decided": decided, "look": 1, "of": 2}, file)
        if decided:
            with pytest.raises(StudyError, match="stopped at this look; allowed: no further"):
                looks.check_open([str(file)])
        else:
            looks.check_open([str(file)])


@pytest.mark.parametrize(
    ("fractions", "size", "words"),
    [
        ([0.05, 1], 40, "the first look has 2 of 40 problems, and there are 3 strata"),
        ([0.1, 1], 50, "the first look has 5 of 50 problems, and decides where p is below 3e-12"),
        ([0.05, 1], 2000, "the first look has 100 of 2000 problems, and decides where p is below"),
        ([0.5, 0.505, 1], 31, "several looks have 16 of 31 problems"),
    ],
)
def test_looks_that_can_decide_nothing_are_refused(fractions, size, words):
    config = changed("evaluation.looks", fractions)
    config["problems"]["splits"]["test"]["size"] = size
    with pytest.raises(StudyError, match=rf"evaluation.looks: {words}"):
        study_files._check_looks(load(config, "my.yaml"))
