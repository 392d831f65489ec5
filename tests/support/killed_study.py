"""A study whose whole process group is killed."""

import os
import signal
import subprocess
import time
from typing import Any

from study_folder import LIMIT, StudyFolder


def kill_when(clone: StudyFolder, study: dict[str, Any], pattern: str) -> None:
    """Start the study, and kill -9 its whole process group once a file of the pattern exists."""
    process = subprocess.Popen(
        clone.command(study),
        cwd=clone.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + LIMIT
        while not any(path.stat().st_size > 200 for path in clone.results.glob(pattern)):
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
