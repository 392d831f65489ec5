"""Studies that train nothing, made whole: base's decodings alone, and released checkpoints."""

import copy
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import released_checkpoints
from study_folder import StudyFolder, tiny_study

from ssdmath.tables import parquet, schemas

pytestmark = pytest.mark.workflow
TRAINING = {"training_set", "train", "matched_prompts"}
COLD = {
    "name": "T = 0.6 against T = 1",
    "family": "primary",
    "split": "test",
    "a": {"arm": "base", "decoding": "t0.6"},
    "b": {"arm": "base", "decoding": "t1"},
}


def untrained(arms: dict[str, Any], contrasts: list[dict[str, Any]]) -> dict[str, Any]:
    """The tiny study without a training, with these arms."""
    study = copy.deepcopy(tiny_study())
    del study["training"], study["problems"]["splits"]["train"]
    study |= {"arms": arms, "contrasts": [COLD, *contrasts]}
    study["evaluation"] |= {
        "tested": ["base", *arms],
        "composed": ["t1.5-p0.8"],
        "baselines": ["t0.6"],
    }
    if not arms:
        del study["mechanism"]
    return study


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    table = parquet.read(folder / "contrasts.parquet", schemas.CONTRASTS)
    return {row["contrast"]: row for row in table.iter_rows(named=True)}


def test_base_decodings_are_compared_from_config_to_report_without_a_training(tmp_path: Path):
    folder = StudyFolder(tmp_path / "clone")
    composed = {"a": {"arm": "composed"}, "b": {"arm": "base"}}
    named = {"name": "composed against base", "family": "confirmatory", "split": "test"}
    study = untrained({}, [named | composed])
    planned = folder.planned(study)
    assert not {rule for rule in planned if rule in TRAINING or "synthesis" in rule}
    folder.made(study)
    assert not (folder.results / "training").exists()
    assert not (folder.results / "problems" / "train.parquet").exists()
    found = rows(folder.results)
    cold = found["T = 0.6 against T = 1"]
    assert (cold["a"], cold["b"], cold["runs"]) == ("base | t0.6", "base | t1", 0)
    assert found["composed against base"]["a"].endswith("-of-t1.5-p0.8")
    report = (folder.results / "report.html").read_text()
    assert "With which decoding does this model solve the most problems?" in report
    assert "Nothing is trained in this study." in report
    plan = json.loads((folder.results / "plan.json").read_text())
    assert (plan["trainings"], set(plan["stages"])) == (0, {"validation", "test"})
    assert folder.planned(study) == {}


def test_released_checkpoints_are_an_arm_from_config_to_report(tmp_path: Path):
    folder = StudyFolder(tmp_path / "clone")
    local = folder.folder / "local"
    template = (released_checkpoints.MICRO / "chat_template.jinja").read_text()
    released_checkpoints.released(local / "one", seed=1)
    released_checkpoints.released(local / "two", seed=2, template=template + " ")
    released_checkpoints.with_other_ids(local / "other")
    arms = {
        "released": {"checkpoints": [{"path": "local/one"}, {"path": "local/two"}]},
        "other": {"checkpoints": [{"path": "local/other"}]},
    }
    sides = {"a": {"arm": "released"}, "b": {"arm": "base"}}
    first = {"a": {"arm": "released", "seeds": [0], "decoding": "t1"}, "b": COLD["b"]}
    contrasts = [
        {"name": "both", "family": "confirmatory", "split": "test"} | sides,
        {"name": "first", "family": "exploratory", "split": "validation"} | first,
    ]
    study = untrained(arms, contrasts)
    folder.made(study)
    found = rows(folder.results)
    assert found["both"]["a"].startswith("released_c0,released_c1 | ")
    assert (found["both"]["runs"], found["first"]["runs"]) == (2, 1)
    assert found["first"]["a"] == "released_c0 | t1"
    assert "this checkpoint" in found["first"]["verdict"]
    _check_tables(folder.results)
    report = (folder.results / "report.html").read_text()
    for text in (
        "released_c1 differs from base in more than its weights: chat template",
        "other_c0: token ids mean other text than base&#39;s",
    ):
        assert text in report
    assert folder.planned(study) == {}
    study["arms"]["released"]["checkpoints"].append({"path": "local/two"})
    again = folder.planned(study)
    assert (again["released_model"], again["sample_temperatures"]) == (1, 1)


def _check_tables(results: Path) -> None:
    """They stand in grid, choice and mechanism, the one with other tokens not in the last."""
    scores = pl.read_parquet(results / "scores.parquet")
    released = scores.filter(pl.col("arm") == "released")
    assert set(released["train_seed"]) == {0, 1}
    assert released["train_decoding"].null_count() == released.height
    chosen = json.loads((results / "chosen.json").read_text())["arms"]
    assert chosen["released"]["winner"]["models"] == ["released_c0", "released_c1"]
    for name in ("geometry", "probe"):
        models = set(pl.read_parquet(results / f"{name}.parquet")["model"])
        assert {"released_c0"} <= models <= {"base", "released_c0"}
    writers = set(pl.read_parquet(results / "carriers.parquet")["writer"])
    assert "released_c0" in writers
    assert "other_c0" not in writers
