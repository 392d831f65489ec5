"""A study whose run was killed ends in the tables of one that was not."""

from pathlib import Path

import pytest
from killed_study import kill_when
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


def test_a_run_killed_while_sampling_and_while_training_ends_in_the_same_scores(
    undisturbed: StudyFolder, tmp_path: Path
):
    clone = StudyFolder(tmp_path / "clone")
    kill_when(clone, tiny_study(), "journal/base/validation/*/*.jsonl")
    kill_when(clone, tiny_study(), "training/*/states/checkpoint-*/optimizer.pt")
    assert not (clone.results / "scores.csv").exists()
    clone.made(tiny_study())
    assert clone.csv("scores.csv") == undisturbed.csv("scores.csv")
    assert clone.csv("contrasts.csv") == undisturbed.csv("contrasts.csv")
