"""A study whose run was killed ends in the tables of one that was not."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from study_folder import LIMIT, StudyFolder, tiny

pytestmark = pytest.mark.workflow


def kill_when(clone: StudyFolder, pattern: str) -> None:
    """Start the study, and kill -9 its whole process group once a file of the pattern exists."""
    process = subprocess.Popen(
        clone.command(tiny()),
        cwd=clone.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + LIMIT
        while not any(path.stat().st_size > 200 for path in clone.results.glob(pattern)):
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_run_killed_while_sampling_and_while_training_ends_in_the_same_scores(
    undisturbed: StudyFolder, tmp_path: Path
):
    clone = StudyFolder(tmp_path / "clone")
    kill_when(clone, "journal/base/validation/*/*.jsonl")
    kill_when(clone, "training/*/states/checkpoint-*/optimizer.pt")
    assert not (clone.results / "scores.csv").exists()
    clone.made(tiny())
    assert clone.csv("scores.csv") == undisturbed.csv("scores.csv")
    assert clone.csv("contrasts.csv") == undisturbed.csv("contrasts.csv")
