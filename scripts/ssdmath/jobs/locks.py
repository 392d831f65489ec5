"""Locks that a process holds until it ends; the system lets go of them however it ends."""

from pathlib import Path

from filelock import FileLock, Timeout

_HELD: list[FileLock] = []  # referenced, and so locked, as long as this process lives


def take(path: str | Path, *, seconds: float = 0, poll: float = 1.0) -> FileLock | None:
    """Lock a file, which is made where it is not there; None while another process holds it.

    Args:
        path: the file; its content is left alone.
        seconds: how long to wait for it; below 0: as long as it takes.
        poll: seconds between attempts.

    Raises OSError on a file system without locks.

    """
    lock = FileLock(path, poll_interval=poll, fallback_to_soft=False)
    try:
        lock.acquire(timeout=seconds)
    except Timeout:
        return None
    return lock


def hold(path: str | Path, *, seconds: float = 0, poll: float = 1.0) -> bool:
    """Lock a file for as long as this process lives; False while another process holds it."""
    lock = take(path, seconds=seconds, poll=poll)
    if lock is not None:
        _HELD.append(lock)
    return lock is not None


def keep(*locks: FileLock) -> None:
    """Hold locks that were taken for as long as this process lives."""
    _HELD.extend(locks)
