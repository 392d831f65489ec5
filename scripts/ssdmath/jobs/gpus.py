"""GPUs for the jobs of one machine, where Snakemake counts GPUs but assigns none to a job.

Each job locks the GPUs that it takes, a single one too: two runs of Snakemake, or a job of one and
a notebook of this pipeline, must not meet on one card.
"""

import logging
import os
import stat
import tempfile
import time
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from ssdmath.jobs import cards, driver, locks

LOGGER = logging.getLogger("ssdmath")
VISIBLE, ORDER = "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"
SLURM = "SLURM_JOB_ID"
EVERY = 0.5  # seconds between attempts to lock a free GPU
DEVICES = Path("/dev")


def asked(resources: Any) -> int:
    """The GPUs that a job's resources ask for: `gpu`, or on some clusters `gres` (gpu:h100:2)."""
    if number := int(resources.get("gpu") or 0):
        return number
    for entry in str(resources.get("gres") or "").split(","):
        name, *fields = entry.strip().split(":")
        if name == "gpu":
            return int(fields[-1]) if fields and fields[-1].isdigit() else 1
    return 0


def claim(number: int, environ: MutableMapping[str, str] | None = None) -> list[str]:
    """Lock `number` free GPUs for this process, waiting until they are free, and hide all others.

    Call it before CUDA is initialised. A job that wants none sees none. Nothing happens on a
    machine without GPUs. ValueError if fewer are visible than asked for; or if the driver is too
    old in a job of SLURM, which asked for a GPU that it could not use.
    """
    environ = os.environ if environ is None else environ
    names = visible(environ)
    if not names:
        return names
    if len(names) < number:
        raise ValueError(f"the job asks for {number} GPUs, {len(names)} are visible: {names}")
    if number and SLURM in environ and (old := driver.older(names, cards.cards())):
        raise ValueError(old)
    claimed = _wait(dict(zip(names, _lock_names(names, environ), strict=True)), number)
    if VISIBLE not in environ:
        environ.setdefault(ORDER, "PCI_BUS_ID")  # as nvidia-smi numbers them
    environ[VISIBLE] = ",".join(claimed)
    return claimed


def _wait(lock_names: Mapping[str, str], number: int) -> list[str]:
    """Lock `number` of the GPUs as soon as they are free."""
    if not number:
        return []
    if not (claimed := _take(lock_names, number)):
        LOGGER.info("waiting for %d of the GPUs %s", number, ", ".join(lock_names))
    while not claimed:
        time.sleep(EVERY)
        claimed = _take(lock_names, number)
    return claimed


def visible(environ: Mapping[str, str]) -> list[str]:
    """The names by which this process may use GPUs, as CUDA_VISIBLE_DEVICES would list them.

    Without that variable they are numbers from 0 on, however many device files there are: in a
    container that has only /dev/nvidia3, CUDA calls that card 0.
    """
    if (listed := environ.get(VISIBLE)) is not None:
        return [name.strip() for name in listed.split(",") if name.strip()]
    return [str(number) for number in range(len(list(DEVICES.glob("nvidia[0-9]*"))))]


def _lock_names(names: list[str], environ: Mapping[str, str]) -> list[str]:
    """A name for each GPU that other jobs of this machine have for it, too.

    Inside a job of SLURM card 0 is another card than in the job beside it, and one card has a
    number here and a uuid there. Its uuid is the same everywhere. Without nvidia-smi, the name
    counts among the jobs of one SLURM job.
    """
    listed = cards.cards()
    uuids = [[card.uuid for card in cards.named(listed, [name])] for name in names]
    if all(len(matching) == 1 for matching in uuids):
        return [matching[0] for matching in uuids]
    scope = environ.get(SLURM, "")
    return [f"{scope}-{name}".lstrip("-").replace("/", "_") for name in names]


def _take(lock_names: Mapping[str, str], number: int) -> list[str]:
    """Lock `number` of the GPUs (name -> name of its lock), or none."""
    folder = _folder()
    claimed: dict[str, FileLock] = {}
    # One process at a time, or two jobs of two GPUs each could end up holding one each.
    with FileLock(folder / "lock", fallback_to_soft=False):
        for name, file in lock_names.items():
            lock = locks.take(folder / file)
            if lock is not None:
                claimed[name] = lock
            if len(claimed) == number:
                locks.keep(*claimed.values())
                return list(claimed)
        for lock in claimed.values():
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
