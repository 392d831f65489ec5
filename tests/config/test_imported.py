"""A study of imported samples: the section and its engine together, a file for every cell."""

from typing import Any

import pytest
from study_folder import imported_study

from ssdmath.config import imported_checks
from ssdmath.config.study import StudyError, load

CELL = {"path": "runs/x"}


def study(**changes: Any) -> dict[str, Any]:
    """An imported study with some keys (`a.b`) replaced."""
    config = imported_study({"validation": ["t0.6", "t1", "t1-m0.1"], "test": ["t1"]}, "runs/{0}")
    for key, value in changes.items():
        *path, last = key.split("__")
        section = config
        for name in path:
            section = section[name]
        section[last] = value
    return config


def test_every_cell_of_the_grid_has_a_file():
    loaded = load(study(), "my.yaml")
    assert imported_checks.cells(loaded, "base") == {
        "validation": ["t0.6", "t1", "t1-m0.1"],
        "test": ["t1"],
    }
    assert loaded.imported is not None
    assert loaded.imported.cell("base", "test", "t1").mapping == "ssdmath"


def test_whatever_may_be_chosen_needs_a_file_on_test():
    with pytest.raises(StudyError, match=r"test: found no 't0\.6'; needed: .* may be chosen"):
        load(study(evaluation__tested=["base"]), "my.yaml")


def test_a_released_checkpoint_has_files_on_test_only_if_it_is_tested():
    given = {"rel": {"checkpoints": [{"path": "x"}]}}
    config = study(arms=given)
    base = config["imported"]["cells"]["base"]
    config["imported"]["cells"]["rel_c0"] = {"validation": base["validation"]}
    loaded = load(config, "my.yaml")
    assert imported_checks.cells(loaded, "rel_c0")["test"] == []
    config["evaluation"]["tested"] = ["rel"]
    with pytest.raises(StudyError, match=r"rel_c0.test: found no 't0\.6'; .* may be chosen"):
        load(config, "my.yaml")


def test_a_contrast_at_equal_tokens_is_refused():
    config = study()
    config["contrasts"][0]["budget"] = 100
    with pytest.raises(StudyError, match=r"contrasts\[t0.6 against t1\].budget: found it"):
        load(config, "my.yaml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sampling__engine": "transformers"}, "imported: found it, and sampling.engine is transf"),
        ({"imported": None}, "imported: found nothing; allowed: the section and the engine toget"),
        ({"imported__cells": {"ssd": {}}}, r"imported.cells: found 'ssd'; allowed: \['base'\]"),
        ({"imported__cells__base__train": {}}, "cells.base: found 'train'; allowed: .*'test'"),
        ({"imported__cells__base__test": {"t2": CELL}}, "base.test: found 't2'; allowed: .*'t1'"),
        ({"imported__cells__base__test": {}}, "base.test: found no 't1'; needed:"),
        ({"imported__cells__base__test": {"warm": CELL}}, "warm"),
        ({"imported__cells__base__test": {"t1": {}}}, "path"),
        ({"evaluation__placebo": {"seed": 9}}, "evaluation.placebo: found it, .* draws nothing"),
        ({"evaluation__composed": ["t1-p0.8"]}, "evaluation.composed: found it"),
        ({"evaluation__power": ["t1-pow4x8"]}, "evaluation.power: found it"),
        ({"evaluation__racing": {}}, "evaluation.racing: found it"),
        ({"evaluation__strata": {}}, "evaluation.strata: found it"),
        ({"evaluation__looks": {}}, "evaluation.looks"),
        (
            {"arms": {"ssd": {"decodings": ["t1"]}}},
            "arms.ssd: found a trained arm .* arms of checkp",
        ),
        (
            {"arms": {"rel": {"checkpoints": [{"path": "x"}]}}},
            r"imported.cells.rel_c0.validation: found no 't0\.6'; needed",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(changes: dict[str, Any], message: str):
    with pytest.raises(StudyError, match=message) as refused:
        load(study(**changes), "my.yaml")
    assert str(refused.value).startswith("my.yaml: ")
    assert len(str(refused.value).splitlines()) == 1
