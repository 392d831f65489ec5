"""The fork server: a script that runs in a copy behaves as in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ssdmath.jobs import fork_client

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the server is for Linux")
START = "import sys; from ssdmath.jobs import fork_client; status = fork_client.run_script()\n"
START += "if status is not None: sys.exit(status)\n"
LOOK = "import json, os; print(json.dumps([os.getppid(), os.getcwd(), sys.argv, 'torch' in "
LOOK += "sys.modules, os.environ.get('SSDMATH_FORK_SERVER'), os.environ['SEEN']]), flush=True)\n"


@pytest.fixture
def above() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for Snakemake; its server ends with it."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def started(
    folder: Path, script: str, above: subprocess.Popen[bytes], *arguments: str
) -> subprocess.Popen[str]:
    """Start a script that asks for the server of the process `above`."""
    file = folder / "job.py"
    file.write_text(START + script)
    environment = {"PYTHONPATH": str(SCRIPTS), "SSDMATH_FORK_SERVER": str(above.pid), "SEEN": "yes"}
    return subprocess.Popen(
        [sys.executable, str(file), *arguments],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(job: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a job; its exit status and what it wrote."""
    output, errors = job.communicate(timeout=300)
    return job.returncode, output, errors


def test_jobs_run_in_copies_of_one_process(tmp_path: Path, above: subprocess.Popen[bytes]):
    parents = set()
    for argument in ("first", "second"):
        status, output, errors = ended(started(tmp_path, LOOK, above, argument))
        assert (status, errors) == (0, "")
        parent, folder, arguments, has_torch, offered, seen = json.loads(output)
        parents.add(parent)
        assert (folder, arguments[1:]) == (str(tmp_path), [argument])
        assert has_torch
        assert (offered, seen) == (None, "yes")
    assert len(parents) == 1
    server = psutil.Process(parents.pop())
    above.kill()
    above.wait()
    server.wait(timeout=30)


def test_status_and_streams_are_those_of_the_script(tmp_path: Path, above: subprocess.Popen[bytes]):
    assert ended(started(tmp_path, "sys.exit(3)", above))[0] == 3
    assert ended(started(tmp_path, "sys.exit('error: no')", above)) == (1, "", "error: no\n")
    status, _, errors = ended(started(tmp_path, "1 / 0", above))
    assert status == 1
    assert errors.endswith("ZeroDivisionError: division by zero\n")
    assert ended(started(tmp_path, "import os; os.kill(os.getpid(), 9)", above))[0] == 128 + 9


def test_torch_has_the_threads_of_the_job(
    tmp_path: Path, above: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
):
    script = "import torch; print(torch.get_num_threads(), float((torch.ones(999) * 2).sum()))"
    for threads in ("1", "2"):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        assert ended(started(tmp_path, script, above))[1] == f"{threads} 1998.0\n"


def test_a_copy_ends_when_its_job_is_killed(tmp_path: Path, above: subprocess.Popen[bytes]):
    job = started(
        tmp_path, f"{LOOK}import time; print(os.getpid(), flush=True); time.sleep(600)", above
    )
    assert job.stdout is not None
    job.stdout.readline()
    copy = psutil.Process(int(job.stdout.readline()))
    assert copy.pid != job.pid
    job.send_signal(signal.SIGKILL)
    job.wait()
    copy.wait(timeout=30)


def test_a_script_runs_in_its_own_process_where_no_server_is_offered(
    tmp_path: Path, above: subprocess.Popen[bytes]
):
    above.kill()  # a Snakemake that has ended: no server can be started for it
    above.wait()
    script = "import os; print(os.getpid())"
    job = started(tmp_path, script, above)
    assert ended(job)[:2] == (0, f"{job.pid}\n")


@pytest.mark.parametrize(
    ("allowed", "before", "offered"),
    [(True, None, True), (True, "off", False), (False, None, False)],
)
def test_a_server_is_offered_unless_forbidden(
    monkeypatch: pytest.MonkeyPatch, allowed: bool, before: str | None, offered: bool
):
    monkeypatch.setattr(os, "environ", {} if before is None else {fork_client.SERVER: before})
    fork_client.offer(allowed=allowed)
    assert os.environ.get(fork_client.SERVER) == (str(os.getpid()) if offered else None)


def test_code_of_the_project_is_read_anew(tmp_path: Path, above: subprocess.Popen[bytes]):
    package = tmp_path / "ssdmath" / "jobs"
    package.mkdir(parents=True)
    for source in (SCRIPTS / "ssdmath" / "jobs").glob("*.py"):
        (package / source.name).write_text(source.read_text())
    file = tmp_path / "ssdmath" / "edited.py"
    script = (
        f"sys.path.insert(0, {str(tmp_path)!r}); from ssdmath import edited; print(edited.TEXT)"
    )
    environment = {"PYTHONPATH": str(tmp_path), "SSDMATH_FORK_SERVER": str(above.pid)}
    job = tmp_path / "job.py"
    job.write_text(START + script)
    for text in ("before", "after"):
        file.write_text(f"TEXT = {text!r}\n")
        done = subprocess.run(
            [sys.executable, str(job)],
            env=os.environ | environment,
            capture_output=True,
            check=True,
        )
        assert done.stdout.decode() == f"{text}\n"
