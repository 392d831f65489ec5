"""The tiny study, made once for all tests of the workflow."""

import shutil
from pathlib import Path

import pytest
from study_folder import RESULTS, StudyFolder, copied, tiny


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A copy of the repository in which the tiny study was made once, undisturbed."""
    clone = StudyFolder(tmp_path_factory.mktemp("clone"))
    clone.made(tiny())
    return clone


@pytest.fixture
def copy(undisturbed: StudyFolder, tmp_path: Path) -> StudyFolder:
    """A copy of the finished study, times and Snakemake's records kept, to change things in."""
    shutil.copytree(undisturbed.folder, tmp_path / "copy", copy_function=shutil.copy2)
    clone = StudyFolder.__new__(StudyFolder)
    clone.folder = tmp_path / "copy"
    clone.results = clone.folder / RESULTS
    return clone


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a run of the repository reads."""
    return copied(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def inside_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in that copy."""
    monkeypatch.chdir(checkout)
