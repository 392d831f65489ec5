"""The folder of a study's results: its path, whether it can be written, its version, its lock."""

import os
import sys
from pathlib import Path

from ssdmath.config.study import Study, StudyError
from ssdmath.jobs import locks
from ssdmath.provenance import job_records
from ssdmath.tables import atomic

# The layout of a results folder: raised when files, columns or records change so that results of
# before cannot be continued.
LAYOUT = 2
VERSION = Path(job_records.FOLDER) / "version.json"
# What the first jobs of a study leave, in every version.
_TRACES = (
    "problems",
    "models",
    "samples",
    "journal",
    "verdicts",
    "training",
    "pilot",
    "report.html",
)


def results_of(study: Study) -> Path:
    """Return the folder that holds everything the study makes."""
    return Path("results") / study.name


def check_version(results: Path) -> None:
    """Raise StudyError for results of another version: they are neither read nor overwritten."""
    if not any((results / name).exists() for name in _TRACES):
        return
    file = results / VERSION
    layout = atomic.read_json(file).get("layout") if file.is_file() else 1
    if layout != LAYOUT:
        made = f"found results in {results} of an {'earlier' if layout == 1 else 'other'} version"
        allowed = "another name, or move this folder away or delete it"
        raise StudyError(
            f"name: {made} of this pipeline (layout {layout}, now {LAYOUT}); allowed: {allowed}"
        )


def mark_version(results: Path) -> None:
    """Write down which version makes these results; once, at the first start."""
    if not (results / VERSION).is_file():
        atomic.write_json({"layout": LAYOUT}, results / VERSION)


def check_writable(results: Path) -> None:
    """Try to make and remove a file in the nearest folder above that exists."""
    folder = nearest_existing(results)
    probe = folder / f".writable.{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        where = f"results folder {results} cannot be written ({error.strerror})"
        raise StudyError(f"name: {where}; allowed: a folder that can be written") from None


def lock(results: Path) -> None:
    """Lock a study for as long as this process lives; exits with one line if another run has it.

    The lock holds on all machines that share the folder. A file system without locks (some NFS
    mounts) is a warning: then only care keeps runs apart.
    """
    results.mkdir(parents=True, exist_ok=True)
    try:
        held = locks.hold(results / ".lock")
    except OSError as error:
        print(f"warning: no lock on {results} ({error.strerror}); start one snakemake at a time")
        return
    if not held:
        sys.exit(f"error: {results} is being made by another snakemake; wait until it has finished")


def nearest_existing(path: Path) -> Path:
    """Return the path itself, or the nearest parent that exists."""
    while not path.exists():
        path = path.parent
    return path
