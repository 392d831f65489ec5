"""The tiny study, made once for all tests of the workflow."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from study_folder import RESULTS, StudyFolder, copy_repository, tiny_study


def opened(folder: Path) -> StudyFolder:
    """The study of a folder that is there already."""
    clone = StudyFolder.__new__(StudyFolder)
    clone.folder = folder
    clone.results = folder / RESULTS
    return clone


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> StudyFolder:
    """A copy of the repository in which the tiny study was made once, undisturbed.

    Of the processes that share the tests out, the first makes the study and the others copy it:
    tests write the config into their copy.
    """
    own = tmp_path_factory.mktemp("clone")
    if worker_id == "master":
        clone = StudyFolder(own)
        clone.made(tiny_study())
        return clone
    shared = tmp_path_factory.getbasetemp().parent / "undisturbed"
    with FileLock(shared.with_suffix(".lock")):
        if not (shared / "made").exists():
            StudyFolder(shared).made(tiny_study())
            (shared / "made").touch()
    shutil.copytree(shared, own, copy_function=shutil.copy2, dirs_exist_ok=True)
    return opened(own)


@pytest.fixture
def copy(undisturbed: StudyFolder, tmp_path: Path) -> StudyFolder:
    """A copy of the finished study, times and Snakemake's records kept, to change things in."""
    folder = tmp_path / "copy"
    shutil.copytree(undisturbed.folder, folder, copy_function=shutil.copy2)
    return opened(folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a run of the repository reads."""
    return copy_repository(tmp_path_factory.mktemp("checkout"))


@pytest.fixture
def inside_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in that copy."""
    monkeypatch.chdir(checkout)
