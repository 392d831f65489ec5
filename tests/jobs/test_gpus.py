import os
import selectors
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssdmath.jobs.gpus import VISIBLE, claim

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
JOB = """
import os, sys
from ssdmath.jobs import gpus
gpus.claim(int(sys.argv[1]))
print(os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
sys.stdin.read()
"""


def job(folder: Path, wanted: int = 1, gpus: str = "0,1") -> subprocess.Popen[str]:
    """A job on a machine of two GPUs that keeps what it claimed until it is ended."""
    fake = {"PYTHONPATH": str(SCRIPTS), "TMPDIR": str(folder), VISIBLE: gpus}
    return subprocess.Popen(
        [sys.executable, "-c", JOB, str(wanted)],
        env=os.environ | fake,
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
    for one in jobs:
        if one.poll() is None:
            one.kill()
        one.wait()


@pytest.mark.parametrize(("wanted", "names"), [(1, "3"), (2, "0,5"), (1, "GPU-8a1f")])
def test_what_a_cluster_granted_is_left_as_it_is(wanted: int, names: str):
    environ = {VISIBLE: names}
    assert claim(wanted, environ) == names.split(",")
    assert environ == {VISIBLE: names}


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
