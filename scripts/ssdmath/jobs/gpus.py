"""GPUs for the jobs of one machine, where Snakemake counts GPUs but assigns none to a job.

Each job locks the GPUs that it takes. On a cluster the scheduler shows a job only the GPUs that it
granted, and nothing is left to choose.
"""

import os
import stat
import tempfile
import time
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from ssdmath.jobs import locks

VISIBLE = "CUDA_VISIBLE_DEVICES"
EVERY = 0.5  # seconds between attempts to lock a free GPU


def claim(wanted: int, environ: MutableMapping[str, str] | None = None) -> list[str]:
    """Lock `wanted` free GPUs for this process, waiting until they are free, and hide all others.

    Call it before CUDA is initialised. Nothing happens on a machine without GPUs, or where exactly
    as many are visible as wanted. ValueError if fewer are visible.
    """
    environ = os.environ if environ is None else environ
    found = visible(environ)
    if not found or len(found) == wanted:
        return found
    if len(found) < wanted:
        raise ValueError(f"the job asks for {wanted} GPUs, {len(found)} are visible: {found}")
    while not (taken := _take(found, wanted)):
        time.sleep(EVERY)
    environ[VISIBLE] = ",".join(taken)
    return taken


def visible(environ: MutableMapping[str, str]) -> list[str]:
    """The names of the GPUs that this process may use."""
    if (named := environ.get(VISIBLE)) is not None:
        return [name.strip() for name in named.split(",") if name.strip()]
    cards = Path("/dev").glob("nvidia[0-9]*")
    return sorted((card.name.removeprefix("nvidia") for card in cards), key=int)


def _take(names: list[str], wanted: int) -> list[str]:
    """Lock `wanted` of the named GPUs, or none."""
    folder = _folder()
    taken: dict[str, FileLock] = {}
    # One process at a time, or two jobs of two GPUs each could end up holding one each.
    with FileLock(folder / "lock", fallback_to_soft=False):
        for name in names:
            lock = locks.take(folder / name.replace("/", "_"))
            if lock is not None:
                taken[name] = lock
            if len(taken) == wanted:
                locks.keep(*taken.values())
                return list(taken)
        for lock in taken.values():
            lock.release()
    return []


def _folder() -> Path:
    """The folder of the locks: of this machine and not of a study, which other machines may share.

    ValueError if another user made it: whoever owns the folder decides which GPUs seem free.
    """
    folder = Path(tempfile.gettempdir()) / f"ssdmath-gpus-{os.getuid()}"
    with suppress(FileExistsError):  # of whatever kind; looked at below
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        found = f"found user {status.st_uid} and mode {stat.filemode(status.st_mode)}"
        allowed = "a folder of this user that nobody else can write; remove it, or set TMPDIR"
        raise ValueError(f"{folder}: {found}; allowed: {allowed}")
    return folder
