"""A job whose Snakemake was killed ends too: else it would write beside the run that follows."""

import os
import signal
import threading
import time

import psutil

EVERY = 1.0  # seconds between looks


def end_with_snakemake() -> None:
    """Watch the Snakemake process above this one, if there is one, and die when it dies."""
    above = [process for process in psutil.Process().parents() if _is_snakemake(process)]
    if above:
        threading.Thread(target=_watch, args=above[:1], daemon=True).start()


def _is_snakemake(process: psutil.Process) -> bool:
    try:
        return any("snakemake" in part for part in process.cmdline()[:4])
    except psutil.Error:
        return False


def _watch(above: psutil.Process) -> None:
    while above.is_running() and above.status() != psutil.STATUS_ZOMBIE:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGKILL)
