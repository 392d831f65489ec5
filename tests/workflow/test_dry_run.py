"""What `make dry` says of the jobs that Snakemake would start."""

from pathlib import Path

import pytest
from raced_study import raced_config
from study_folder import ROOT, tiny_study

from ssdmath.config.study import load
from ssdmath.workflow import dry_run

OUTPUT = """Building DAG of jobs...
Job stats:
job                    count
-------------------  -------
all                        1
sample_temperatures        5
train                      2
verify_temperatures        5
total                     13

This was a dry-run (flag -n). The order of jobs does not reflect the order of execution.
"""


def test_the_jobs_of_each_rule_are_counted():
    assert dry_run.counted(OUTPUT) == {
        "sample_temperatures": 5,
        "train": 2,
        "verify_temperatures": 5,
    }


def test_models_decodings_and_draws_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("models").symlink_to(ROOT / "models")
    study = load(tiny_study(), "tiny.yaml")
    said = dry_run.text(study, dry_run.counted(OUTPUT))
    assert "temperatures (validation): 5 models x 2 decodings, 240 draws" in said
    assert "train: 2 trainings of 4 steps" in said
    assert "in all 12 jobs, 240 draws before the test, about" in said
    made = Path("results/tiny/samples/base/validation/t1/0.parquet")
    made.parent.mkdir(parents=True)
    made.touch()
    said = dry_run.text(study, dry_run.counted(OUTPUT))
    assert "5 models x 1 new decoding, 120 draws" in said


def test_a_rung_of_a_race_has_its_own_problems_and_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("models").symlink_to(ROOT / "models")
    said = dry_run.text(load(raced_config(), "tiny.yaml"), {"sample_rung_0": 2, "sample_rung_1": 2})
    assert "rung_0 (validation): 2 models x 5 decodings, 30 draws" in said
    assert "rung_1 (validation): 2 models x 5 decodings, 120 draws" in said
