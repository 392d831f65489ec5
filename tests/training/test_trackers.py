"""Trackers watch a training and change nothing of it; they stay offline unless the user says so."""

import os
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tiny_training import rows, run, section

from ssdmath.models.loading import load_model
from ssdmath.training import sft, trackers
from ssdmath.training.states import state_folder

VARIABLES = ("TENSORBOARD_LOGGING_DIR", "WANDB_DIR", "WANDB_MODE", "WANDB_PROJECT")
RUN = "ssd_t1_s0"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the trackers' variables is set, and none stays set after the test."""
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def states_of(results: Path) -> Path:
    return results / "training" / RUN / "states"


def test_tensorboard_is_shown_every_step_and_the_weights_are_the_same(
    tiny_qwen3: Path, tmp_path: Path
):
    plain = run(tiny_qwen3, states_of(tmp_path / "plain"), rows(), section())
    watched = tmp_path / "watched"
    trackers.prepare(["tensorboard"], watched, RUN)
    reporting = section(report_to=["tensorboard"])
    assert run(tiny_qwen3, states_of(watched), rows(), reporting) == plain
    for step in reporting.checkpoints:
        a, b = (
            load_model(state_folder(states_of(tmp_path / name), step)).state_dict()
            for name in ("plain", "watched")
        )
        assert all(torch.equal(a[name], b[name]) for name in a)
    events = EventAccumulator(str(watched / "trackers" / "tensorboard" / RUN))
    events.Reload()
    shown = [(event.step, event.value) for event in events.Scalars("train/loss")]
    assert shown == [(row["step"], pytest.approx(row["loss"], abs=1e-6)) for row in plain]


def test_without_trackers_nothing_is_reported_or_set(tmp_path: Path):
    trackers.prepare([], tmp_path, RUN)
    assert not (tmp_path / "trackers").exists()
    assert not set(VARIABLES) & set(os.environ)
    assert sft.arguments(section(), seed=0, states=states_of(tmp_path)).report_to == []


def test_trackers_are_offline_unless_the_user_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trackers.prepare(["wandb"], tmp_path / "micro", RUN)
    assert os.environ["WANDB_MODE"] == "offline"
    assert os.environ["WANDB_PROJECT"] == "micro"
    assert os.environ["WANDB_DIR"] == str(tmp_path / "micro" / "trackers")
    monkeypatch.setenv("WANDB_MODE", "online")
    trackers.prepare(["wandb"], tmp_path / "micro", RUN)
    assert os.environ["WANDB_MODE"] == "online"


def test_the_trainer_is_told_trackers_run_and_study(tmp_path: Path):
    reporting = section(report_to=["trackio", "wandb"])
    told = sft.arguments(reporting, seed=0, states=states_of(tmp_path / "micro"))
    assert told.report_to == ["trackio", "wandb"]
    assert (told.run_name, told.project) == (RUN, "micro")
    assert told.trackio_space_id is None


def test_a_job_reads_trackers_off_its_resources():
    assert trackers.asked({"report_to": "trackio,wandb"}) == ["trackio", "wandb"]
    assert trackers.asked({"mem_mb": 100}) == []
