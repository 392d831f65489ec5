"""Results of other settings never pass for the study's own, whatever Snakemake remembers."""

import shutil
import subprocess
from typing import Any

import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.workflow


def other_rate() -> dict[str, Any]:
    """The tiny study with another learning rate."""
    study = tiny_study()
    study["training"]["learning_rate"] *= 2
    return study


def error_lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("error: ")]


@pytest.fixture
def forgotten(copy: StudyFolder) -> StudyFolder:
    """The finished study where Snakemake has no record of it, as in another checkout."""
    shutil.rmtree(copy.folder / ".snakemake")
    return copy


def test_a_finished_study_without_snakemakes_records_has_nothing_to_be_done(forgotten: StudyFolder):
    assert forgotten.planned(tiny_study()) == {}


@pytest.mark.parametrize("options", [["-n"], [], ["--forcerun", "report"]])
def test_another_learning_rate_stops_where_snakemake_has_no_record(
    forgotten: StudyFolder, options: list[str]
):
    report = (forgotten.results / "report.html").read_bytes()
    (line,) = error_lines(forgotten.run(other_rate(), "--quiet", "all", *options))
    assert line.startswith("error: config/tiny.yaml: results/tiny/checkpoints/")
    assert "made with learning_rate 0.001, found 0.002 now (and " in line
    assert "`--forcerun train" in line
    assert (forgotten.results / "report.html").read_bytes() == report


def test_what_is_stale_can_be_made_again(forgotten: StudyFolder):
    planned = forgotten.run(other_rate(), "-n", "--forcerun", "train")
    assert planned.returncode == 0, planned.stderr[-2000:]
    assert "train" in planned.stdout + planned.stderr


def test_another_prompt_stops_where_snakemake_has_no_record(forgotten: StudyFolder):
    prompt = forgotten.folder / "config" / "prompts" / "boxed.txt"
    cell = forgotten.results / "samples" / "base" / "validation" / "t1" / "0.parquet"
    before = cell.stat().st_mtime
    prompt.write_text(prompt.read_text().replace("{statement}", "{statement} Think."))
    subprocess.run(["touch", "-d", f"@{before - 1000}", str(prompt)], check=True)
    (line,) = error_lines(forgotten.run(tiny_study(), "-n"))
    assert "made from another version of config/prompts/boxed.txt" in line


def test_the_report_refuses_results_of_other_settings(copy: StudyFolder):
    options = ["--rerun-triggers", "mtime", "--forcerun", "report"]
    target = ["--", "results/tiny/report.html"]
    done = copy.run(other_rate(), "--quiet", "all", *options, *target)
    (line,) = error_lines(done)
    assert "made with other settings of train than the study has now" in line


def test_results_of_an_earlier_version_are_recognised_and_kept(copy: StudyFolder):
    shutil.rmtree(copy.results / "provenance")
    before = {path: path.stat().st_mtime_ns for path in copy.results.rglob("*.parquet")}
    (line,) = error_lines(copy.run(tiny_study(), "--quiet", "all"))
    assert "found results in results/tiny of an earlier version of this pipeline" in line
    assert "allowed: another name, or move this folder away or delete it" in line
    assert {path: path.stat().st_mtime_ns for path in copy.results.rglob("*.parquet")} == before
