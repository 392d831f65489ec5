"""A study on a real SLURM of one machine, jobs cancelled half-way, against the same study run here.

Wants root and, the first time, apt: `make test-slurm`.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.slurm

CLUSTER = Path(__file__).resolve().parents[1] / "cluster" / "slurm.sh"
PARTITIONS = CLUSTER.with_name("partitions.yaml")
PROFILE = ["--profile", "profiles/slurm", "--cores", "4"]
PROFILE += ["--slurm-partition-config", str(PARTITIONS)]
# Threads round otherwise, and tables are compared with those of a run of one thread a job.
PROFILE += ["--set-resources", "gpu_jobs:cpus=1"]
# One machine, one disk: no need to be patient with either.
QUICK = ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5"]


def study() -> dict[str, Any]:
    """A study with few jobs, whose sampling and training last long enough to be cancelled."""
    found = tiny_study()
    found["arms"] = {"ssd": found["arms"]["ssd"]}
    found["mechanism"] = None
    found["sampling"]["batch"] = 8
    found["training"] |= {"checkpoints": [12], "save_every": 1}
    return found


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A running SLURM; the daemons end with the tests, however those end."""
    folder = os.environ.get("SLURM_TEST_DIR") or str(tmp_path_factory.mktemp("cluster"))
    subprocess.run([CLUSTER, "install"], check=True, timeout=300)
    try:
        subprocess.run([CLUSTER, "start", folder], check=True, timeout=60)
        yield
    finally:
        subprocess.run([CLUSTER, "stop", folder], check=True, timeout=60)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """The study, made without a cluster."""
    clone = StudyFolder(tmp_path_factory.mktemp("local"))
    clone.made(study())
    return clone


def queue() -> list[dict[str, str]]:
    """Every job the cluster knows: its number, state, what it runs, and where."""
    columns = {"id": "%i", "state": "%T", "rule": "%k", "partition": "%P"}
    asked = ["squeue", "--noheader", "--states=all", "--format=" + "|".join(columns.values())]
    found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return [dict(zip(columns, line.split("|"), strict=True)) for line in found.splitlines()]


def begun(path: Path) -> bool:
    """Whether a journal holds a draw (its first line holds none), or a state is marked whole."""
    return path.name == "whole" or path.read_bytes().count(b"\n") > 1


def cancel(run: subprocess.Popen[bytes], rule: str, clone: StudyFolder, pattern: str) -> str:
    """Cancel the running job of a rule as soon as it has left something behind; its number."""
    deadline = time.monotonic() + 300
    while not any(begun(path) for path in clone.results.glob(pattern)):
        assert run.poll() is None, "the run ended before its job could be cancelled"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (job,) = [job for job in queue() if job["state"] == "RUNNING" and job["rule"].startswith(rule)]
    subprocess.run(["scancel", job["id"]], check=True)
    return job["id"]


@pytest.fixture(scope="module")
def disturbed(
    cluster: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StudyFolder, list[str], str]:
    """The study made on the cluster, two of its jobs cancelled: clone, their numbers, output."""
    clone = StudyFolder(tmp_path_factory.mktemp("slurm"))
    command = [one for one in clone.command(study()) if one not in ("--cores", "2")]
    output = clone.folder / "output"
    with output.open("wb") as stream:
        run = subprocess.Popen(
            [*command, *PROFILE, *QUICK], cwd=clone.folder, stdout=stream, stderr=stream
        )
    try:
        cancelled = [
            cancel(run, "rule_sample_temp", clone, "journal/base/validation/t1/*.jsonl"),
            cancel(run, "rule_train_", clone, "training/*/states/checkpoint-*/whole"),
        ]
        status = run.wait(timeout=800)
    finally:
        run.kill()
        run.wait()
    said = output.read_text()
    assert status == 0, said[-3000:]
    return clone, cancelled, said


def test_the_cancelled_jobs_were_cut_off_and_sent_again(
    disturbed: tuple[StudyFolder, list[str], str],
):
    _, cancelled, said = disturbed
    states = {job["id"]: job["state"] for job in queue()}
    assert [states[job] for job in cancelled] == ["CANCELLED", "CANCELLED"]
    assert said.count("Trying to restart job") == 2
    assert set(states.values()) == {"CANCELLED", "COMPLETED"}


def test_cancelled_jobs_went_on_from_their_last_draw_and_their_last_step(
    disturbed: tuple[StudyFolder, list[str], str],
):
    clone, _, _ = disturbed
    logs = clone.results / "logs"
    sampled = (logs / "sample_temperatures" / "base.log").read_text()
    found = re.search(r"(\d+)/48 draws on record", sampled)
    assert found is not None
    assert 0 < int(found[1]) < 48
    trained = next((logs / "train").iterdir()).read_text()
    begun = re.search(r"training from step (\d+)", trained)
    assert begun is not None
    assert 0 < int(begun[1]) < 12


@pytest.mark.parametrize("table", ["scores.csv", "contrasts.csv"])
def test_the_tables_are_those_of_the_local_run_byte_for_byte(
    disturbed: tuple[StudyFolder, list[str], str], local: StudyFolder, table: str
):
    assert disturbed[0].csv(table) == local.csv(table)


def test_jobs_of_the_model_got_one_gpu_each_and_the_others_none(
    disturbed: tuple[StudyFolder, list[str], str],
):
    granted = {}
    for job in queue():
        shown = subprocess.run(
            ["scontrol", "show", "job", job["id"]], capture_output=True, text=True, check=True
        )
        granted[job["id"]] = (job["rule"], job["partition"], "gres:gpu:1" in shown.stdout)
    assert granted
    for rule, partition, has_gpu in granted.values():
        wants = rule.startswith(("rule_sample_", "rule_train_"))
        assert (partition, has_gpu) == (("gpu", True) if wants else ("cpu", False)), rule


def test_the_small_jobs_of_a_stage_shared_a_slurm_job(
    disturbed: tuple[StudyFolder, list[str], str],
):
    grouped = [job["rule"] for job in queue() if job["rule"].startswith("rule_verify_")]
    assert len(grouped) == 2  # validation and test: two models, and three cells or more
    assert len(list(disturbed[0].results.glob("logs/verify_*/*.log"))) >= 5


def test_a_queue_shorter_than_the_time_between_two_states_is_refused_before_the_first_job(
    cluster: None, tmp_path: Path
):
    clone, before = StudyFolder(tmp_path), queue()
    command = [one for one in clone.command(study()) if one not in ("--cores", "2")]
    slow = ["plan:load_seconds=90", "train:runtime=1"]  # a job ends before its model is loaded
    short = ["--set-resources", "gpu_jobs:cpus=1", *slow]
    done = subprocess.run(
        [*command, *PROFILE[:-2], *short, *QUICK],
        cwd=clone.folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if "training.save_every: " in line]
    assert done.returncode != 0
    assert len(lines) == 1, done.stderr[-3000:]
    assert "a job of `train` gets 1 (`runtime`); allowed: a queue with that many" in lines[0]
    assert queue() == before
