"""Time and memory of a job, as one JSON line per job that finished.

Snakemake's own benchmark files miss what a copy of the fork server uses, and poll the processor
time, so that short jobs seem to need less than they do.
"""

import json
import os
import resource
import time
from pathlib import Path
from typing import Any

FILE = "usage.jsonl"  # in the folder `benchmarks` of a study


class Usage:
    """What this process uses from now on."""

    def __init__(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def record(self, job: Any) -> None:
        """Append a line for a rule's job; none for a job that has no folder for its logs.

        `wall` and `cpu` are seconds, `rss` is the largest resident set of one process in MB. Child
        processes count where they have ended.
        """
        parts = Path(str(job.log[0])).parts
        if "logs" not in parts:
            return
        path = Path(*parts[: parts.index("logs")], "benchmarks", FILE)
        usages = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        line = {
            "rule": job.rule,
            "log": Path(*parts).as_posix(),
            "wall": round(time.monotonic() - self._began, 3),
            "cpu": round(sum(used.ru_utime + used.ru_stime for used in usages), 3),
            "rss": round(max(used.ru_maxrss for used in usages) / 1024, 1),
        }
        append(path, line)


def append(path: Path, line: dict[str, Any]) -> None:
    """Append a line of JSON to a file that several jobs write to at once; make its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(handle, (json.dumps(line) + "\n").encode())  # in one write: lines must not mix
    finally:
        os.close(handle)
