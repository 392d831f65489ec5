"""The workflow itself, run for real on a tiny study in a copy of the repository."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from study_folder import StudyFolder, tiny

from ssdmath.tables import parquet
from ssdmath.verification import regrade

pytestmark = pytest.mark.workflow


def test_every_file_of_the_contract_is_made(undisturbed: StudyFolder):
    results = undisturbed.results
    model = "ssd_t0.8-p0.9_s0@4"
    for name in [
        "problems/train.parquet",
        "problems/report.json",
        f"samples/{model}/validation/t0.6/0.parquet",
        f"verdicts/{model}/validation/t0.6/0.parquet",
        "samples/base/train/t0.8-p0.9/0.parquet",
        "training/ssd_t0.8-p0.9_s0/set.parquet",
        "training/ssd_t0.8-p0.9_s0/log.jsonl",
        f"checkpoints/{model}/model.safetensors",
        f"checkpoints/{model}/health.json",
        *("scores.parquet", "scores.csv", "contrasts.parquet", "contrasts.csv"),
        *("toy.json", "geometry.parquet", "probe.parquet", "truth.parquet", "lengths.parquet"),
        *("chosen.json", "plan.json", "plan.md", "report.html"),
    ]:
        assert (results / name).stat().st_size > 0, name


def test_the_score_table_has_a_row_for_every_cell_and_none_missing(undisturbed: StudyFolder):
    scores = pl.read_parquet(undisturbed.results / "scores.parquet")
    whole = scores.filter(pl.col("stratum") == "all", pl.col("split") == "validation")
    assert whole.height == (1 + 2 * 2 + 1) * 3  # base, four checkpoints and the placebo x grid
    assert whole["draws"].unique().to_list() == [24]
    assert whole["missing"].sum() == 0


def test_every_table_says_how_it_was_made(undisturbed: StudyFolder):
    path = undisturbed.results / "samples" / "base" / "validation" / "t1" / "0.parquet"
    made = parquet.provenance(path)
    assert {"digest", "code", "model", "versions", "host", "settings"} <= set(made)


def test_a_finished_study_has_nothing_to_be_done(undisturbed: StudyFolder):
    assert undisturbed.planned(tiny()) == {}


def test_touching_every_file_reruns_nothing(copy: StudyFolder):
    files = [path for path in copy.folder.rglob("*") if path.is_file()]
    for path in sorted(files, reverse=True):
        if ".snakemake" not in path.parts:
            path.touch()
    assert copy.planned(tiny()) == {}


def test_a_comment_in_every_script_and_module_reruns_nothing(copy: StudyFolder):
    for path in copy.folder.glob("scripts/**/*.py"):
        path.write_text(path.read_text() + "\n# a comment\n")
    assert copy.planned(tiny()) == {}


def test_an_edit_of_the_extraction_judges_anew_and_samples_nothing(copy: StudyFolder):
    path = copy.folder / "scripts" / "ssdmath" / "answers" / "boxed.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    planned = copy.planned(tiny())
    assert {"verify_temperatures", "scores", "contrasts", "report"} <= set(planned)
    assert not [rule for rule in planned if rule.startswith(("sample", "train", "problems"))]


def test_a_changed_verifier_can_be_held_against_the_one_before(copy: StudyFolder):
    path = copy.folder / "scripts" / "ssdmath" / "answers" / "boxed.py"
    path.write_text(path.read_text() + "\nEDITED = True\n")
    done = copy.run(tiny(), "regrade_diff", "--quiet", "rules")
    assert done.returncode == 0, done.stderr[-3000:]
    assert parquet.read(copy.results / "regrade.parquet", regrade.REGRADE).height == 0
    log = (copy.results / "logs" / "regrade_diff.log").read_text()
    assert re.search(r"^(\d+) of \1 cells were judged by an earlier verifier too$", log, re.M)


def test_a_new_sweep_runs_its_own_cells_and_the_aggregates_only(copy: StudyFolder):
    study = tiny()
    study["evaluation"]["sweeps"]["hot"] = ["t1.4"]
    planned = copy.planned(study)
    assert planned["sample_hot"] == planned["verify_hot"] == 5
    placebo = {"sample_placebo", "verify_placebo"}  # one job samples all of its decodings
    aggregates = {"choose", "scores", "temperature", "contrasts", "attribution", "checks"}
    aggregates |= {"contexts", "geometry", "probe", "truth", "lengths"}
    aggregates |= {"report", "plan", "curves", "gains", "ledger"}
    assert set(planned) <= {"sample_hot", "verify_hot"} | placebo | aggregates


def test_a_decoding_added_to_a_sweep_draws_only_what_is_new(copy: StudyFolder):
    study = tiny()
    before = copy.cell("base/validation/t1/0.parquet")
    study["evaluation"]["sweeps"]["temperatures"].append("t1.4")
    copy.made(study)
    assert copy.cell("base/validation/t1/0.parquet").equals(before)
    lines = (copy.results / "journal" / "base" / "validation" / "t1" / "0.jsonl").read_text()
    assert len(lines.splitlines()) == 1 + before.height


def test_more_draws_keep_the_first_ones(copy: StudyFolder):
    study = tiny()
    before = copy.cell("base/validation/t1/0.parquet")
    study["evaluation"]["draws"]["validation"] = 6
    copy.made(study)
    after = copy.cell("base/validation/t1/0.parquet")
    assert after.height == 36
    assert after.filter(pl.col("index") < 4).equals(before)


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
        deadline = time.monotonic() + 300
        while not any(path.stat().st_size > 200 for path in clone.results.glob(pattern)):
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize(
    "pattern",
    ["journal/base/validation/*/*.jsonl", "training/*/states/checkpoint-*/optimizer.pt"],
    ids=["sampling", "training"],
)
def test_a_run_killed_on_the_way_ends_in_the_same_scores(
    undisturbed: StudyFolder, tmp_path: Path, pattern: str
):
    clone = StudyFolder(tmp_path / "clone")
    kill_when(clone, pattern)
    assert not (clone.results / "scores.csv").exists()
    clone.made(tiny())
    assert clone.csv("scores.csv") == undisturbed.csv("scores.csv")
    assert clone.csv("contrasts.csv") == undisturbed.csv("contrasts.csv")


def with_key(section: str, key: str, value: Any) -> dict[str, Any]:
    study = tiny()
    study[section][key] = value
    return study


BAD = {
    "unknown key": (with_key("sampling", "temprature", 1), ["sampling.temprature"]),
    "no such model": (with_key("model", "path", "models/none"), ["model.path: models/none"]),
    "too large for the disk": (
        with_key("evaluation", "draws", {"validation": 10**9, "test": 4}),
        ["the plan needs about", "GB free"],
    ),
    "no such prompt": (tiny() | {"prompt": "config/none.txt"}, ["config/none.txt", "cannot be"]),
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
    done = copy.run(tiny())
    assert done.returncode != 0
    assert "results folder results/tiny cannot be written (Not a directory)" in done.stderr


def test_a_second_run_of_the_same_study_is_refused_while_the_first_one_lives(copy: StudyFolder):
    import fcntl

    (copy.results / "report.html").unlink()
    with (copy.results / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = copy.run(tiny())
    assert refused.returncode != 0
    assert "is being made by another snakemake" in refused.stderr


def test_a_foreign_parquet_in_the_way_is_named_and_not_read(copy: StudyFolder):
    path = copy.results / "verdicts" / "base" / "validation" / "t1" / "0.parquet"
    pl.DataFrame({"x": [1]}).write_parquet(path)
    done = copy.run(tiny())
    assert done.returncode != 0
    assert "verdicts/base/validation/t1/0.parquet: not the table it should be" in done.stderr


def test_a_test_cell_that_was_not_chosen_is_refused(undisturbed: StudyFolder):
    stray = "results/tiny/samples/naive_t1_s0@4/test/t1/0.parquet"
    done = undisturbed.run(tiny(), "-n", stray)
    assert done.returncode != 0
    assert "naive_t1_s0@4 at t1 was not chosen" in done.stdout + done.stderr


def test_the_test_split_is_read_by_its_own_cells_and_by_what_reports_them(undisturbed: StudyFolder):
    """Snakemake's own record of every output of a finished study: its rule and its inputs."""
    listed = undisturbed.run(tiny(), "--detailed-summary").stdout.splitlines()
    lines = [line.split("\t") for line in listed if line.startswith("results/tiny/")]
    rules = {line[2] for line in lines}
    assert {"sample_test", "verify_test", "choose", "train", "curves", "report"} <= rules
    reading = {rule for _, _, rule, _, inputs, *_ in lines if "/test/" in inputs}
    reading |= {rule for _, _, rule, _, inputs, *_ in lines if "problems/test.parquet" in inputs}
    aggregates = {"scores", "contrasts", "gains", "attribution", "checks", "report", "ledger"}
    own = {f"{verb}_{cell}" for verb in ("sample", "verify") for cell in ("test", "placebo_test")}
    assert reading == own | aggregates
