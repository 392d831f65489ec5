import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
JOB = "from ssdmath.jobs import orphans; orphans.end_with_snakemake(); import time; time.sleep(60)"
RUNNER = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', sys.argv[1]]); "
RUNNER += "print(p.pid, flush=True); p.wait()"


def test_a_job_ends_when_the_snakemake_above_it_is_killed(tmp_path: Path):
    runner = tmp_path / "snakemake"
    runner.write_text(RUNNER)
    above = subprocess.Popen(
        [sys.executable, str(runner), JOB],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
    )
    assert above.stdout is not None
    job = psutil.Process(int(above.stdout.readline()))
    try:
        time.sleep(2)
        assert job.is_running()
        above.send_signal(signal.SIGKILL)
        above.wait()
        deadline = time.monotonic() + 20
        while job.is_running() and job.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "the job lives on"
            time.sleep(0.1)
    finally:
        for process in (above, job):
            if psutil.pid_exists(process.pid):
                os.kill(process.pid, signal.SIGKILL)
