"""Arms of released checkpoints, and studies that train nothing."""

import copy
from typing import Any

import pytest
from changed_config import MICRO

from ssdmath.config.names import Cell, Model
from ssdmath.config.study import StudyError, load
from ssdmath.grid import settings, sweeps

HUB = {"hub": "some/model", "revision": "0123abc"}
CHECKPOINTS = {"checkpoints": [{"path": "models/micro-ssd"}, HUB]}


def untrained(arms: dict[str, Any], **evaluation: Any) -> dict[str, Any]:
    """The micro study without a training, with these arms; its contrasts are base's."""
    config = copy.deepcopy(MICRO)
    del config["training"], config["problems"]["splits"]["train"]
    config["arms"] = arms
    if not arms:
        del config["mechanism"]
    config["evaluation"] |= {
        "tested": list(dict.fromkeys(["base", *arms])),
        "composed": False,
    } | evaluation
    sides = {"a": {"arm": "base"}, "b": {"arm": "base", "decoding": "t1"}}
    config["contrasts"] = [{"name": "best", "family": "primary", "split": "test", **sides}]
    return config


def test_each_released_checkpoint_is_a_run_of_its_arm():
    study = load(untrained({"released": CHECKPOINTS}), "x")
    assert study.models == ["base", "released_c0", "released_c1"]
    assert study.seeds_of("released") == [0, 1]
    assert Model.parse("released_c1") == ("released_c1", "released", None, 1, None)
    assert Cell.of("s/released_c1/test/t1/0.parquet").columns()["train_seed"] == 1
    assert str(study.released_models["released_c1"]) == "some/model at 0123abc"
    grid = [s for rungs in sweeps.validation(study) for s in rungs if s.name == "temperatures"]
    assert grid[0].models(study) == study.models


def test_released_checkpoints_stand_beside_trained_arms():
    config = copy.deepcopy(MICRO)
    config["arms"]["released"] = CHECKPOINTS
    study = load(config, "x")
    assert list(study.trained) == ["ssd", "naive"]
    assert study.synthesised == load(MICRO, "x").synthesised
    assert [run.arm for run in study.runs] == [run.arm for run in load(MICRO, "x").runs]
    assert settings.contrasts(study)["seeds"]["released"] == [0, 1]


def test_a_study_may_train_nothing_and_then_samples_nothing_to_train_on():
    study = load(untrained({}, composed=["t1.5-p0.8"], baselines=["t0.5"]), "x")
    assert (study.models, study.runs, study.synthesis_seeds) == (["base"], [], [])
    assert "t0.7-of-t1.5-p0.8" in study.composed
    assert study.tested == ["base", "composed", "placebo"]
    assert [c.a.arm for c in study.all_contrasts if c.family == "null"] == ["placebo"]
    assert not [s for s in sweeps.sweeps(study) if s.split == "train"]


def test_listed_targets_take_the_place_of_those_of_ssd():
    config = copy.deepcopy(MICRO)
    config["evaluation"]["composed"] = ["t1.2-p0.9"]
    assert load(config, "x").composed[0] == "t0.5-of-t1.2-p0.9"
    config["evaluation"]["composed"] = ["t0"]
    with pytest.raises(StudyError, match=r"composed: found .* no composed decoding can be made"):
        load(config, "x")


def test_an_unpinned_checkpoint_is_named_by_its_place():
    arm = {"checkpoints": [{"path": "a"}, {"hub": "some/model", "revision": "unpinned"}]}
    (pinned,) = load(untrained({"released": arm}), "x").unpinned
    assert (pinned.key, pinned.id) == (("arms", "released", "checkpoints", "1"), "some/model")


def bad(arms: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return untrained({"released": CHECKPOINTS} if arms is None else arms) | more


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (bad({"released": {"checkpoints": []}}), "arms.released.checkpoints: found a list of 0"),
        (
            bad({"released": {"checkpoints": [{"hub": "some/model"}]}}),
            r"arms\.released\.checkpoints\.0: a hub id needs a revision",
        ),
        (
            bad({"released": CHECKPOINTS | {"keep": "all"}}),
            r"arms\.released\.keep: unknown key, found 'keep'; allowed: checkpoints",
        ),
        (bad({"ssd": CHECKPOINTS}), r"arms\.ssd: found checkpoints, and the attribution takes"),
        (bad({"base": CHECKPOINTS}), r"arms\.base: the name is taken by the frozen model"),
        (bad(training=MICRO["training"]), "training: found it, and no arm is trained"),
        (
            bad({"ssd": {"decodings": ["t1"]}}),
            r"training: found nothing, and \['ssd'\] are trained",
        ),
        (
            bad({"ssd": {"decodings": ["t1"]}}, training=MICRO["training"]),
            r"problems\.splits: found no train, and \['ssd'\] are trained",
        ),
        (bad({}, mechanism=MICRO["mechanism"]), "mechanism: found it, and no arm to compare"),
    ],
)
def test_a_mistake_about_released_checkpoints_is_refused_in_one_line(
    config: dict[str, Any], message: str
):
    with pytest.raises(StudyError, match=message) as error:
        load(config, "x")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ({"arm": "released", "seeds": [2]}, r"seeds is \[2\]; the runs of released are \[0, 1\]"),
        ({"arm": "released", "step": 30}, r"step is 30; the grid makes \[\]"),
        ({"arm": "released", "decoding": "t0.5"}, "may not be sampled on test; allowed: chosen"),
        ({"arm": "base", "decoding": "t0.5"}, r"allowed: chosen, same, t1 \(evaluation\.baselines"),
    ],
)
def test_a_side_that_names_no_cell_is_refused(side: dict[str, Any], message: str):
    config = bad()
    config["contrasts"][0]["a"] = side
    with pytest.raises(StudyError, match=message):
        load(config, "x")


def test_a_baseline_of_base_may_be_compared_on_test():
    config = untrained({}, baselines=["t0.3"])
    config["contrasts"][0]["a"] = {"arm": "base", "decoding": "t0.3"}
    assert load(config, "x").contrasts[0].a.decoding == "t0.3"
