import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ssdmath.jobs.gpus import ORDER, VISIBLE, asked, claim, visible

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
JOB = """
import os, sys
from ssdmath.jobs import gpus
gpus.claim(int(sys.argv[1]))
print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
sys.stdin.read()
"""


def job(folder: Path, wanted: int = 1, gpus: str = "0,1", **environ: str) -> subprocess.Popen[str]:
    """A job on a machine of two GPUs that keeps what it claimed until it is ended."""
    fake = {"PYTHONPATH": str(SCRIPTS), "TMPDIR": str(folder), VISIBLE: gpus}
    return subprocess.Popen(
        [sys.executable, "-c", JOB, str(wanted)],
        env=os.environ | fake | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def got(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_jobs_side_by_side_get_a_gpu_each_and_a_third_waits_for_one(tmp_path: Path):
    jobs = [job(tmp_path) for _ in range(3)]
    try:
        first = {got(jobs[at]): jobs[at] for at in finished_first(jobs, 2)}
        assert set(first) == {"0", "1"}
        (waiting,) = [one for one in jobs if one not in first.values()]
        assert not finished_first([waiting], 1, seconds=1)
        first["1"].kill()  # as a job that is killed: the system lets go of its GPU
        assert got(waiting) == "1"
    finally:
        end(jobs)


def test_a_job_of_two_gpus_waits_for_both_and_holds_none_meanwhile(tmp_path: Path):
    small = job(tmp_path)
    jobs = [small]
    try:
        assert got(small) == "0"
        jobs.append(large := job(tmp_path, wanted=2, gpus="0,1,2"))
        assert got(large) == "1,2"
        jobs.append(third := job(tmp_path, wanted=2, gpus="0,1,2"))
        assert not finished_first([third], 1, seconds=1)
        jobs.append(one := job(tmp_path, gpus="1,2,0"))
        end([small])
        assert got(one) == "0"
        end([large])
        assert got(third) == "1,2"
    finally:
        end(jobs)


def finished_first(jobs: list[subprocess.Popen[str]], count: int, seconds: float = 20) -> list[int]:
    """The places of the jobs that have said something, when `count` have or the time is up."""
    deadline = time.monotonic() + seconds
    said: list[int] = []
    while len(said) < count and time.monotonic() < deadline:
        with selectors.DefaultSelector() as selector:
            for at, one in enumerate(jobs):
                selector.register(one.stdout, selectors.EVENT_READ, at)
            said = [key.data for key, _ in selector.select(0.1)]
    return said


def end(jobs: list[subprocess.Popen[str]]) -> None:
    for job in jobs:
        if job.poll() is None:
            job.kill()
        job.wait()


@pytest.mark.parametrize(("wanted", "names"), [(1, "3"), (2, "0,5"), (1, "GPU-8a1f")])
def test_what_a_cluster_granted_is_left_as_it_is(
    wanted: int, names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    environ = {VISIBLE: names}
    assert claim(wanted, environ) == names.split(",")
    assert environ == {VISIBLE: names}


def test_a_second_job_waits_for_the_only_gpu(tmp_path: Path):
    jobs = [job(tmp_path, gpus="0"), job(tmp_path, gpus="0")]
    try:
        (first,) = finished_first(jobs, 1)
        assert got(jobs[first]) == "0"
        waiting = jobs[1 - first]
        assert not finished_first([waiting], 1, seconds=1)
        jobs[first].kill()
        assert got(waiting) == "0"
    finally:
        end(jobs)


def test_card_0_of_one_slurm_job_is_not_that_of_another(tmp_path: Path):
    jobs = [job(tmp_path, gpus="0", SLURM_JOB_ID=number) for number in ("7", "8")]
    try:
        assert len(finished_first(jobs, 2)) == 2
    finally:
        end(jobs)


def test_one_card_by_number_and_by_uuid_is_one_card(tmp_path: Path):
    path = f"{smi(tmp_path, ('2', 'GPU-aa'), ('3', 'GPU-bb'))}:{os.environ['PATH']}"
    jobs = [job(tmp_path, gpus="3", PATH=path)]
    try:
        assert got(jobs[0]) == "3"
        jobs.append(job(tmp_path, gpus="GPU-bb", PATH=path))
        jobs.append(job(tmp_path, gpus="GPU-aa", PATH=path))
        assert got(jobs[2]) == "GPU-aa"
        assert not finished_first([jobs[1]], 1, seconds=1)
    finally:
        end(jobs)


def smi(folder: Path, *cards: tuple[str, str]) -> Path:
    """A folder with an nvidia-smi that lists these cards (number, uuid)."""
    lines = "".join(f"echo '{number}, {uuid}, 81559, 580.65.06'\n" for number, uuid in cards)
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{lines}")
    (folder / "nvidia-smi").chmod(0o755)
    return folder


def test_in_a_container_with_some_of_the_cards_they_are_numbered_from_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("nvidia3", "nvidia5", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    monkeypatch.setattr("ssdmath.jobs.gpus.DEVICES", tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    environ: dict[str, str] = {}
    assert visible(environ) == ["0", "1"]
    assert claim(1, environ) == ["0"]
    assert environ == {VISIBLE: "0", ORDER: "PCI_BUS_ID"}


def test_a_job_of_no_gpu_waits_for_none_and_sees_none():
    environ = {VISIBLE: "0,1"}
    assert claim(0, environ) == []
    assert environ == {VISIBLE: ""}


@pytest.mark.parametrize(
    ("resources", "number"),
    [
        ({"gpu": 2}, 2),
        ({"gpu": 0}, 0),
        ({}, 0),
        ({"gres": "gpu:1"}, 1),
        ({"gres": "gpu"}, 1),
        ({"gpu": 0, "gres": "lscratch:50,gpu:h100:4"}, 4),
        ({"gres": "lscratch:50"}, 0),
    ],
)
def test_what_a_job_asks_for_is_read_as_gpu_or_as_gres(resources: dict[str, Any], number: int):
    assert asked(resources) == number


def test_no_gpu_is_no_matter_for_a_job_that_runs_on_the_cpu():
    assert claim(1, {VISIBLE: ""}) == []


def test_too_few_gpus_are_said():
    with pytest.raises(ValueError, match="asks for 2 GPUs, 1 are visible"):
        claim(2, {VISIBLE: "0"})


def test_a_lock_folder_that_others_can_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = tmp_path / f"ssdmath-gpus-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(ValueError, match=f"{folder}: found user .* allowed: a folder of this user"):
        claim(1, {VISIBLE: "0,1"})
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(ValueError, match="allowed: a folder of this user"):
        claim(1, {VISIBLE: "0,1"})
