"""A job whose Snakemake was killed ends too: else it would write beside the run that follows."""

import os
import signal
import threading
import time

import psutil

EVERY = 0.2  # seconds between looks


def end_with_snakemake() -> None:
    """Watch the Snakemake process above this one, if there is one, and die when it dies."""
    above = [process for process in psutil.Process().parents() if _is_snakemake(process)]
    _end_with(above[:1])


def end_with_job() -> None:
    """Be a process that a job's launcher started: die when the launcher or the job dies.

    Snakemake may live on and send the job again, which must find nobody at its states.
    """
    _end_with(psutil.Process().parents()[:2])


def _end_with(above: list[psutil.Process]) -> None:
    for process in above:
        threading.Thread(target=_watch, args=[process], daemon=True).start()


def _is_snakemake(process: psutil.Process) -> bool:
    try:
        return any("snakemake" in part for part in process.cmdline()[:4])
    except psutil.Error:
        return False


def _watch(above: psutil.Process) -> None:
    while _lives(above):
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGKILL)


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it ended between the two looks
        return False
