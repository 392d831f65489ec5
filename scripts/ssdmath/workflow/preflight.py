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

from ssdmath.config import engines
from ssdmath.config.names import PLACEBO
from ssdmath.config.problems import FileSource
from ssdmath.config.study import Study, StudyError, load
from ssdmath.contrasts import borders
from ssdmath.grid import settings
from ssdmath.grid.sweeps import RESERVED, SYNTHESIS
from ssdmath.models import weights
from ssdmath.plan import disk
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine
from ssdmath.problems.sources import hub
from ssdmath.problems.sources.table import check_file
from ssdmath.sampling import prompts
from ssdmath.tables import atomic, chosen
from ssdmath.workflow import hardware, pinned

FREE = {"plan"}  # jobs that may run although the study could not
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
        lambda: _check_model(study),
        lambda: _check_sources(study, results),
        lambda: _check_writable(results),
    ]
    for check in checks:
        try:
            check()
        except ValueError as error:
            raise StudyError(f"{file}: {error}") from None


def _check_names(study: Study) -> None:
    for key in ("sweeps", "controls"):
        for name in getattr(study.evaluation, key):
            if name in RESERVED or name.startswith((f"{SYNTHESIS}_", f"{PLACEBO}_")):
                raise StudyError(f"evaluation.{key}.{name}: the name is taken; choose another")


def _check_model(study: Study) -> None:
    if study.model.path is not None:
        folder = weights.check_folder(study.model.path)
        engines.check_length(folder, prompt=0, cap=study.sampling.cap)
        prompts.check_thinking(folder, thinking=study.model.thinking)


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


def start(study: Study, workflow: Any, estimate: Estimate) -> None:
    """Check, lock and warn when a run starts: what a plan or a dry run does not need."""
    if not workflow.is_main_process:
        return
    file = _relative(([*workflow.configfiles] or ["config"])[-1])
    wanted = {job.rule.name for job in workflow.dag.needrun_jobs()}
    try:
        if wanted - FREE:
            pinned.check(study)
            hardware.check(study, workflow)
            _check_disk(study, estimate)
    except ValueError as error:
        sys.exit(f"error: {file}: {error}")
    lock(study)
    if wanted - FREE:
        from ssdmath.workflow import (
            progress_page,  # only the run itself needs it, not each job's Snakemake
        )

        progress_page.watch(study, results_of(study))


def _check_disk(study: Study, estimate: Estimate) -> None:
    results = there = results_of(study)
    while not there.is_dir():
        there = there.parent
    needed = disk.needed(study, estimate.lengths, at_once=max(1, estimate.machine.gpus))
    free = shutil.disk_usage(there).free
    if needed > free:
        found = f"the plan needs about {needed / 1e9:.1f} GB in {results}"
        raise StudyError(f"evaluation: {found}; the disk has {free / 1e9:.1f} GB free")


def circumstances(study: Study, workflow: Any) -> dict[str, Any]:
    """What the plan knows beside the study: the profile's figures, and the pilot if there is one.

    Not inputs of the rule: a plan must not make a pilot, nor run anew what the study made.
    """
    granted = (workflow.resource_settings.overwrite_resources or {}).get("plan", {})
    figures = {name: resource.value for name, resource in granted.items()}
    try:
        return {"machine": figures, "pilot": _pilot(study)}
    except ValueError as error:
        sys.exit(f"error: {error}")


def estimate(study: Study, known: Mapping[str, Any]) -> Estimate:
    """How long the study's jobs take under these circumstances; exits with one line if unknown."""
    try:
        return Estimate.of(study, Machine.of(known["machine"]), known["pilot"])
    except ValueError as error:
        sys.exit(f"error: {error}")


def _pilot(study: Study) -> dict[str, Any] | None:
    """The study's pilot; None if there is none, or it was made under other settings."""
    path = results_of(study) / "pilot.json"
    found = atomic.read_json(path) if path.exists() else {}
    return found if found.get("settings") == settings.pilot(study) else None


def show_plan(study: Study, workflow: Any) -> None:
    """Print the plan if it is what was asked for."""
    if {job.rule.name for job in workflow.dag.targetjobs} == {"plan"}:
        from rich.console import Console
        from rich.markdown import Markdown

        text = (results_of(study) / "plan.md").read_text()
        Console(width=None if sys.stdout.isatty() else 120).print(Markdown(text))


def show_warnings(study: Study) -> None:
    """Print what the choice of cells leaves open, and whether the test split's record is whole."""
    results = results_of(study)
    if (file := results / "chosen.json").exists():
        for text in borders.messages(chosen.read(file)):
            print(f"warning: {text}", file=sys.stderr)
    if (file := results / "ledger.json").exists():
        for text in atomic.read_json(file)["problems"]:  # type: ignore[attr-defined]
            print(f"warning: {text}", file=sys.stderr)


def lock(study: Study) -> None:
    """Take the study's lock for a run; the system lets go of it however the process ends."""
    results = results_of(study)
    results.mkdir(parents=True, exist_ok=True)
    handle = os.open(results / ".lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"error: {results} is being made by another snakemake; wait until it is through")
    except OSError as error:
        print(f"warning: no lock on {results} ({error.strerror}); start one snakemake at a time")
    _LOCKS.append(handle)


def source_files(study: Study) -> list[str]:
    """The local files the problems are read from."""
    found = [source for source in study.problems.sources.values() if isinstance(source, FileSource)]
    files = [file for source in found for file in hub.local_files(Path(source.path))]
    return [str(file) for file in dict.fromkeys(files)]


def model_files(study: Study) -> list[str]:
    """The local files that are the frozen model; none for a hub model."""
    if study.model.path is None:
        return []
    return [str(path) for path in weights.files(study.model.path)]


def _relative(path: str | Path) -> str:
    found = Path(path).resolve()
    return str(found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found)
