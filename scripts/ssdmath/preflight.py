"""What is checked before the first job: the study, the files it names, the disk, and the lock.

Whatever is wrong stops Snakemake with one line: file, key, what was found, what is allowed.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ssdmath import plan, prompts, weights
from ssdmath.sections.problems import FileSource
from ssdmath.sources import check_file
from ssdmath.study import Study, StudyError, load
from ssdmath.sweeps import SYNTHESIS, TEST

_LOCKS: list[int] = []  # held open as long as this process lives


def study_of(config: Mapping[str, Any], workflow: Any) -> Study:
    """Check config and machine for a Snakefile; exits with one line if something is wrong."""
    file = _relative(([*workflow.configfiles] or ["config"])[-1])
    try:
        study = load(config, file)
        if workflow.is_main_process:
            _check(study, file, results_of(study))
    except ValueError as error:
        sys.exit(f"error: {error}")
    return study


def results_of(study: Study) -> Path:
    """Return the folder that holds everything the study makes."""
    return Path("results") / study.name


def _check(study: Study, file: str, results: Path) -> None:
    checks: list[Callable[[], object]] = [
        lambda: _check_names(study),
        lambda: prompts.template(study.prompt),
        lambda: study.model.path and weights.check_folder(study.model.path),
        lambda: _check_sources(study, results),
        lambda: _check_writable(results),
        lambda: _check_disk(study, results),
    ]
    for check in checks:
        try:
            check()
        except ValueError as error:
            raise StudyError(f"{file}: {error}") from None


def _check_names(study: Study) -> None:
    for name in (SYNTHESIS, TEST):
        if name in study.evaluation.sweeps:
            raise StudyError(f"evaluation.sweeps.{name}: the name is taken; choose another")


def _check_sources(study: Study, results: Path) -> None:
    """Read the small files a source names, unless the problems are already made from them."""
    if not (results / "problems" / "report.json").exists():
        for name, source in study.problems.sources.items():
            if isinstance(source, FileSource):
                check_file(f"problems.sources.{name}", source)


def _check_writable(results: Path) -> None:
    """Try to make and remove a file in the nearest folder above that exists."""
    there = results
    while not there.exists():
        there = there.parent
    mark = there / f".writable.{os.getpid()}"
    try:
        mark.touch()
        mark.unlink()
    except OSError as error:
        where = f"results folder {results} cannot be written ({error.strerror})"
        raise StudyError(f"name: {where}; allowed: a folder that can be written") from None


def _check_disk(study: Study, results: Path) -> None:
    there = results
    while not there.is_dir():
        there = there.parent
    needed, free = plan.disk_bytes(study), shutil.disk_usage(there).free
    if needed > free:
        found = f"the plan needs about {needed / 1e9:.1f} GB in {results}"
        raise StudyError(f"evaluation: {found}; the disk has {free / 1e9:.1f} GB free")


def lock(study: Study, workflow: Any) -> None:
    """Take the study's lock for a run; the system lets go of it however the process ends."""
    if not workflow.is_main_process:
        return
    results = results_of(study)
    results.mkdir(parents=True, exist_ok=True)
    handle = os.open(results / ".lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"error: {results} is being made by another snakemake; wait until it is through")
    _LOCKS.append(handle)


def source_files(study: Study) -> list[str]:
    """The local files the problems are read from."""
    sources = study.problems.sources.values()
    return [source.path for source in sources if isinstance(source, FileSource)]


def model_files(study: Study) -> list[str]:
    """The local files that are the frozen model; none for a hub model."""
    if study.model.path is None:
        return []
    return [str(path) for path in weights.files(study.model.path)]


def _relative(path: str | Path) -> str:
    found = Path(path).resolve()
    return str(found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found)
