"""What a run of the workflow refuses, each in one line and before it does harm."""

import shutil
from typing import Any

import polars as pl
import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


def with_key(section: str, key: str, value: Any) -> dict[str, Any]:
    study = tiny_study()
    study[section][key] = value
    return study


BAD = {
    "unknown key": (with_key("sampling", "temprature", 1), ["sampling.temprature"]),
    "no such model": (with_key("model", "path", "models/none"), ["model.path: models/none"]),
    "too large for the disk": (
        with_key("evaluation", "draws", {"validation": 10**9, "test": 4}),
        ["the plan needs about", "GB free"],
    ),
    "no such prompt": (
        tiny_study() | {"prompt": "config/none.txt"},
        ["config/none.txt", "cannot be"],
    ),
}


@pytest.mark.parametrize(("study", "parts"), BAD.values(), ids=BAD.keys())
def test_bad_input_stops_before_the_first_job_in_one_line(
    undisturbed: StudyFolder, study: dict[str, Any], parts: list[str]
):
    done = undisturbed.run(study)
    lines = [line for line in done.stderr.splitlines() if "error" in line]
    assert done.returncode != 0
    assert len(lines) == 1
    assert lines[0].startswith("error: config/tiny.yaml: ")
    for part in parts:
        assert part in lines[0]
    assert "Traceback" not in done.stderr


def test_a_results_folder_that_cannot_be_written_is_named(copy: StudyFolder):
    shutil.rmtree(copy.folder / "results")
    (copy.folder / "results").write_text("a file in the way")
    done = copy.run(tiny_study())
    assert done.returncode != 0
    assert "results folder results/tiny cannot be written (Not a directory)" in done.stderr


def test_a_second_run_of_the_same_study_is_refused_while_the_first_one_lives(copy: StudyFolder):
    import fcntl

    (copy.results / "report.html").unlink()
    with (copy.results / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = copy.run(tiny_study())
    assert refused.returncode != 0
    assert "is being made by another snakemake" in refused.stderr


def test_a_foreign_parquet_in_the_way_is_named_and_not_read(copy: StudyFolder):
    path = copy.results / "verdicts" / "base" / "validation" / "t1" / "0.parquet"
    pl.DataFrame({"x": [1]}).write_parquet(path)
    done = copy.run(tiny_study())
    assert done.returncode != 0
    assert "verdicts/base/validation/t1/0.parquet: not the table it should be" in done.stderr


def test_a_test_cell_that_was_not_chosen_is_refused(undisturbed: StudyFolder):
    stray = "results/tiny/samples/naive_t1_s0@4/test/t1/0.parquet"
    done = undisturbed.run(tiny_study(), "-n", stray)
    assert done.returncode != 0
    assert "naive_t1_s0@4 at t1 was not chosen" in done.stdout + done.stderr
