"""The tiny study, made once for all tests of the workflow."""

import shutil
from pathlib import Path

import pytest
from study_folder import RESULTS, House, tiny


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house in which the tiny study was made once, without a disturbance."""
    house = House(tmp_path_factory.mktemp("house"))
    house.made(tiny())
    return house


@pytest.fixture
def copy(undisturbed: House, tmp_path: Path) -> House:
    """A copy of the finished house, times and Snakemake's records kept, to change things in."""
    shutil.copytree(undisturbed.folder, tmp_path / "copy", copy_function=shutil.copy2)
    house = House.__new__(House)
    house.folder = tmp_path / "copy"
    house.results = house.folder / RESULTS
    return house
