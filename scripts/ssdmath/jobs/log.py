"""The output of a job: everything into the rule's log, and a user's error as one line.

The log is also the job's lock. A job that outlived its Snakemake (a cluster's jobs do) and the same
job sent again would write the same journal; the second one waits a little and then gives up.
"""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from ssdmath.jobs import locks, orphans, usage
from ssdmath.provenance import job_records

LOGGER = logging.getLogger("ssdmath")
PATIENCE = 60.0  # seconds that a cancelled job may take to end


def to_file(path: str) -> TextIO:
    """Send stdout and stderr, those of child processes too, into `path`; return the terminal."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    orphans.end_with_snakemake()
    terminal = os.fdopen(os.dup(2), "w", buffering=1)
    hold(path)
    sys.stdout.flush()
    sys.stderr.flush()
    target = os.open(path, os.O_WRONLY | os.O_TRUNC)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    return terminal


def hold(path: str, patience: float = PATIENCE) -> None:
    """Take the job's lock for as long as this process lives; exits with one line if it is held."""
    try:
        held = locks.hold(path, seconds=patience, poll=min(1.0, patience / 10))
    except OSError:  # a file system without locks
        Path(path).touch()
        return
    if not held:
        found = "the same job, from an earlier run, is still running"
        sys.exit(f"error: {path}: {found}; wait for it or cancel it, then start again")


def run(main: Callable[[], None], job: Any) -> None:
    """Run a script's `main` with its output in the log; an error's last line also on screen.

    `job` is the script's `snakemake` object, or the log's path where there is none: then the job
    leaves no record beside its results.
    """
    run_on_terminal(lambda _: main(), job)


def run_on_terminal(main: Callable[[TextIO], None], job: Any) -> None:
    """Run a `main` that shows its progress on the terminal beside the log."""
    path = job if isinstance(job, str) else str(job.log[0])
    terminal = to_file(path)
    resources = usage.Usage()
    try:
        main(terminal)
        if not isinstance(job, str):
            job_records.write(job)
            resources.record(job)
    except Exception as error:
        with suppress(OSError):  # a full disk holds no log either
            LOGGER.exception("failed")
        print(f"error: {one_line(error)} (log: {path})", file=terminal)
        sys.exit(1)


def one_line(error: Exception) -> str:
    """Say an error in one line, with its type unless it is a mistake of the user."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'a file of this job'}: {error.strerror}"
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
