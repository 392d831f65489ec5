import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ssdmath.jobs import log

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def script(text: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own, as a job is: `log.run` redirects the whole process."""
    return subprocess.Popen(
        [sys.executable, "-c", text, *arguments],
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


LONG = """
import sys
from ssdmath.jobs import log
log.run(lambda: print("at work") or sys.stdin.read(), sys.argv[1])
"""
SECOND = """
import sys
from ssdmath.jobs import log
log.hold(sys.argv[1], patience=float(sys.argv[2]))
"""


def wait_for(path: Path, text: str) -> None:
    for _ in range(400):
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} never said {text!r}")


def test_a_job_that_is_still_at_work_is_not_done_a_second_time(tmp_path: Path):
    path = tmp_path / "sample.log"
    first = script(LONG, str(path))
    try:
        wait_for(path, "at work")
        second = script(SECOND, str(path), "0.5")
        said = second.communicate(timeout=60)[1]
        assert second.returncode == 1
        assert said.startswith(
            f"error: {path}: the same job, from an earlier run, is still running"
        )
        assert said.count("\n") == 1
        assert "at work" in path.read_text()  # the log of the one at work is not cut
        patient = script(SECOND, str(path), "60")
        first.kill()
        patient.communicate(timeout=60)
        assert patient.returncode == 0
    finally:
        first.kill()
        first.communicate()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("x.yaml: a key\nis wrong"), "x.yaml: a key is wrong"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "a file of this job: No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "a/b: Permission denied"),
        (RuntimeError("CUDA out of memory"), "RuntimeError: CUDA out of memory"),
    ],
)
def test_an_error_of_a_job_is_said_in_one_line(error: Exception, line: str):
    said = log.one_line(error)
    assert said.startswith(line)
    assert "\n" not in said


FAILING = """
import sys
from ssdmath.jobs import log
def main():
    raise RuntimeError("no such kernel")
log.run(main, sys.argv[1])
"""


def test_a_crash_is_one_line_on_screen_and_a_traceback_in_the_log(tmp_path: Path):
    path = tmp_path / "train.log"
    process = script(FAILING, str(path))
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert said == f"error: RuntimeError: no such kernel (log: {path})\n"
    assert "Traceback" in path.read_text()
