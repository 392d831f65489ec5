"""A study with further rounds, filters for length and an exact target, run for real."""

import json
import re
from typing import Any

import pytest
from study_folder import StudyFolder, tiny_study

from ssdmath.tables import parquet, schemas

pytestmark = pytest.mark.workflow
SSD = {"decodings": ["t0.8-p0.9"]}
ARMS = {
    "ssd": SSD,
    "again": SSD | {"from": "base"},
    "ssd2": SSD | {"from": "ssd"},
    "ssd3": SSD | {"from": "ssd2", "keep": "complete"},
    "target": SSD | {"loss": "exact"},
    "drop_longest": SSD | {"keep": "drop_longest", "drop_longest": 0.25},
    "length_matched": SSD | {"keep": "length_matched"},
}


def study_of_rounds() -> dict[str, Any]:
    study = tiny_study() | {"mechanism": None, "arms": ARMS, "contrasts": []}
    study["training"] |= {"checkpoints": [2], "warmup_steps": 1}
    study["evaluation"] |= {"controls": {}, "composed": False, "placebo": None}
    return study


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    clone = StudyFolder(tmp_path_factory.mktemp("rounds"))
    clone.made(study_of_rounds())
    return clone


def files(clone: StudyFolder, arm: str) -> dict[str, bytes]:
    """What a training of an arm leaves, with the arm's name taken out of it."""
    run = f"{arm}_t0.8-p0.9_s0"
    paths = [clone.results / "training" / run / "log.jsonl"]
    paths += (clone.results / "checkpoints" / f"{run}@2").glob("*")
    return {path.name: path.read_bytes().replace(run.encode(), b"run") for path in paths}


def test_a_first_round_from_base_is_ssd_byte_for_byte(made: StudyFolder):
    own, ssd, second = (files(made, arm) for arm in ("again", "ssd", "ssd2"))
    assert "model.safetensors" in own
    assert own == ssd
    assert second["model.safetensors"] != ssd["model.safetensors"]


def test_a_round_trains_on_what_the_checkpoint_before_it_wrote(made: StudyFolder):
    for teacher, arm in (("ssd", "ssd2"), ("ssd2", "ssd3")):
        cell = made.cell(f"{teacher}_t0.8-p0.9_s0@2/train/t0.8-p0.9/0.parquet")
        path = made.results / "training" / f"{arm}_t0.8-p0.9_s0" / "set.parquet"
        rows = parquet.read(path, schemas.TRAINING_SET)
        keys = ["problem", "index", "token_ids"]
        assert rows.height
        assert rows.join(cell, on=keys[:2]).height == rows.select(keys).join(cell, on=keys).height
        health = json.loads(
            (made.results / f"checkpoints/{arm}_t0.8-p0.9_s0@2/health.json").read_text()
        )
        assert health["relative_update"] > 0
        record = made.results / "provenance" / "training" / path.parent.name / "log.jsonl.json"
        assert (
            f"results/tiny/checkpoints/{teacher}_t0.8-p0.9_s0@2/health.json"
            in json.loads(record.read_text())["inputs"]
        )


def test_the_plan_counts_the_jobs_that_were_run(made: StudyFolder):
    planned = json.loads(made.csv("plan.json"))["jobs"]
    logs = {path.name: len([*path.glob("*")]) for path in (made.results / "logs").iterdir()}
    ran = {rule: number for rule, number in logs.items() if rule.startswith("sample_synthesis")}
    assert len(ran) == 3
    assert {rule: planned.get(rule) for rule in ran} == ran
    assert planned["train"] == planned["training_set"] == len(ARMS)


def test_lengths_are_dropped_and_matched_as_the_sets_say(made: StudyFolder):
    longest, matched = (
        json.loads((made.results / f"training/{arm}_t0.8-p0.9_s0/set.json").read_text())
        for arm in ("drop_longest", "length_matched")
    )
    assert longest["dropped"]["longest"] == (longest["kept"] + 3) // 4
    assert matched["lengths"]["of"] == "t1"
    assert (made.results / "samples/base/train/t1/0.parquet").exists()


def test_an_exact_target_is_learnt_on_the_samples_of_ssd(made: StudyFolder):
    sets = [
        parquet.read(
            made.results / "training" / f"{arm}_t0.8-p0.9_s0" / "set.parquet", schemas.TRAINING_SET
        )
        for arm in ("ssd", "target")
    ]
    assert sets[0].equals(sets[1])
    ssd, target = (files(made, arm) for arm in ("ssd", "target"))
    assert ssd["model.safetensors"] != target["model.safetensors"]
    health = json.loads(target["health.json"])
    assert health["start"]["noise"] < json.loads(ssd["health.json"])["start"]["noise"]


def test_the_report_shows_every_round(made: StudyFolder):
    page = re.sub(r"<[^>]+>", " ", made.csv("report.html").decode())
    assert "Round after round: accuracy, entropy and support" in page
    assert re.search(r"Accuracy at the default decoding: base [\d.]+%, ssd [\d.]+%, ssd2 ", page)
    assert "round 3: ssd2 trained once more, on samples of its own" in page
    assert "those of base at t1, off by" in page


def test_a_change_of_one_round_reruns_it_and_the_rounds_after_it_alone(made: StudyFolder):
    assert made.planned(study_of_rounds()) == {}
    study = study_of_rounds()
    study["arms"] = ARMS | {"ssd3": SSD | {"from": "ssd2"}}
    planned = made.planned(study)
    assert (planned["training_set"], planned["train"]) == (1, 1)
    assert not [rule for rule in planned if rule.startswith("sample_synthesis")]
    study["arms"] = ARMS | {"ssd2": SSD | {"from": "ssd", "keep": "all"}}
    planned = made.planned(study)
    assert (planned["training_set"], planned["train"]) == (2, 2)
    assert planned["sample_synthesis_0_ssd2_t0_8_p0_9_s0_2"] == 1
    assert "sample_synthesis_0" not in planned
