"""GPUs for the jobs of one machine, where Snakemake counts GPUs but assigns none to a job.

Each job locks the GPUs that it takes. On a cluster the scheduler shows a job only the GPUs that it
granted, and nothing is left to choose.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

VISIBLE = "CUDA_VISIBLE_DEVICES"
EVERY = 0.5  # seconds between attempts to lock a free GPU
_HELD: list[int] = []  # open, and so locked, as long as this process lives


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
    taken: dict[str, int] = {}
    with _one_at_a_time():  # else two jobs of two GPUs each could end up holding one each
        for name in names:
            handle = os.open(_folder() / name.replace("/", "_"), os.O_RDWR | os.O_CREAT, 0o600)
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                taken[name] = handle
                if len(taken) == wanted:
                    _HELD.extend(taken.values())
                    return list(taken)
                continue
            os.close(handle)
        for handle in taken.values():
            os.close(handle)
    return []


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    handle = os.open(_folder() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _folder() -> Path:
    """Where the locks are: of this machine and not of a study, which other machines may share."""
    folder = Path(tempfile.gettempdir()) / f"ssdmath-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
