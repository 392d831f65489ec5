"""One run of a study at a time, on this machine and on others that share the folder."""

import sys
from pathlib import Path

from ssdmath.jobs import locks


def take(results: Path) -> None:
    """Take a study's lock for as long as this process lives; exits with one line if it is held.

    A file system without locks (some NFS mounts) is a warning: then only care keeps runs apart.
    """
    results.mkdir(parents=True, exist_ok=True)
    try:
        held = locks.hold(results / ".lock")
    except OSError as error:
        print(f"warning: no lock on {results} ({error.strerror}); start one snakemake at a time")
        return
    if not held:
        sys.exit(f"error: {results} is being made by another snakemake; wait until it has finished")
