"""Ending a job whose Snakemake was killed, so that it cannot write while the next run does."""

import os
import signal
import threading
import time

import psutil

EVERY = 0.2  # seconds between checks


def end_with_snakemake() -> None:
    """Watch the Snakemake process above this one, if there is one, and end when it ends."""
    above = [process for process in psutil.Process().parents() if _is_snakemake(process)]
    _end_with(above[:1])


def end_with_job() -> None:
    """End this process of a distributed training when its launcher or its job ends.

    Snakemake may still be running and start the job again, and no old process may then write its
    states.
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
    except psutil.NoSuchProcess:  # it ended between the two calls
        return False
