"""The checks before the first job: the study, the files it names, the disk.

Whatever is wrong stops Snakemake with one line: file, key, what was found, what is allowed.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ssdmath.config import check as check_config
from ssdmath.config import documents
from ssdmath.config.config_file import read_config
from ssdmath.config.study import Study, StudyError, load
from ssdmath.contrasts import borders
from ssdmath.grid import settings
from ssdmath.grid.sweeps import PILOT
from ssdmath.plan import measured
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine
from ssdmath.provenance import job_records
from ssdmath.tables import atomic, chosen
from ssdmath.workflow import (
    machine,
    outcome,
    pinned,
    results_folder,
    staleness,
    study_files,
)
from ssdmath.workflow.gpu_jobs import GpuJobs
from ssdmath.workflow.results_folder import results_of

FREE = {"plan", "design"}  # jobs that may run on a machine that could not run the study


@contextmanager
def _refusing(file: str = "") -> Iterator[None]:
    """End Snakemake with one line, and the config's `file` before it, for a ValueError."""
    try:
        yield
    except ValueError as error:
        message = f"{file}: {error}" if file else str(error)
        sys.exit(documents.refusal(" ".join(message.split())))


def study_of(config: Mapping[str, Any], workflow: Any) -> Study:
    """Check config and machine for a Snakefile; exits with one line if something is wrong."""
    file = _config_file(workflow)
    try:
        if workflow.is_main_process:
            for path in workflow.configfiles:
                read_config(_relative(path))
        study = load(config, file)
        if workflow.is_main_process:
            study_files.check(study, file, results_of(study))
    except ValueError as error:
        sys.exit(documents.refusal(error))  # a line for each mistake
    return study


def gpu_jobs_of(workflow: Any) -> GpuJobs:
    """What jobs on a GPU ask for; exits with one line if the profile's block is wrong."""
    with _refusing():
        return GpuJobs.of(workflow)


def start(study: Study, workflow: Any, estimate: Estimate) -> None:
    """Check machine and disk and take the study's lock; called when a run starts, no dry run."""
    if not workflow.is_main_process:
        return
    rules = {job.rule.name for job in workflow.dag.needrun_jobs()}
    with _refusing(_config_file(workflow)):
        _check_drawing(study, rules)
        if rules - FREE:
            pinned.check(study)
            machine.check(study, workflow, estimate, _figures(workflow))
    results_folder.lock(results_of(study))
    results_folder.mark_version(results_of(study))
    if rules - FREE:
        # Only the run itself needs it, not each job's Snakemake.
        from ssdmath.workflow import progress_page

        progress_page.watch(study, results_of(study))


def _check_drawing(study: Study, rules: set[str]) -> None:
    """A study that reads its samples can neither measure what drawing them costs nor plan it."""
    if study.imported is not None and (found := rules & {"design", f"sample_{PILOT}"}):
        said = f"found {min(found)}, and sampling.engine is imported, which draws nothing"
        raise StudyError(f"{said}; allowed: neither pilot nor design")


def circumstances(study: Study, workflow: Any) -> dict[str, Any]:
    """Return what the plan reads beside the study: the profile's figures, and any pilot or smoke.

    These are no inputs of the rule, because a plan must neither make a pilot nor rerun the study.
    What was measured on this machine takes the place of what its profile states.
    """
    with _refusing():
        figures, smoke = _figures(workflow), measured.read(results_of(study), study)
        if smoke is not None:
            parameters = smoke["settings"]["shape"]["parameters"]
            figures |= measured.figures(smoke, Machine.of(figures), parameters)
        return {"machine": figures, "pilot": _pilot(study), "smoke": smoke}


def _figures(workflow: Any) -> dict[str, Any]:
    """The figures of the profile about the machine (`set-resources: plan:`)."""
    granted = (workflow.resource_settings.overwrite_resources or {}).get("plan", {})
    return {name: resource.value for name, resource in granted.items()}


def earlier(study: Study) -> dict[str, str | None]:
    """Name the results of the earlier study that a design reads, and tell its state.

    Like a pilot they are no input: a design must not rerun another study.
    """
    name = study.plan.design.earlier
    if name is None:
        return {"folder": None, "state": None}
    folder = results_of(study).with_name(name)
    table = folder / "contrasts.parquet"
    state = job_records.content(table) if table.exists() else None
    return {"folder": str(folder), "state": state}


def estimate(study: Study, figures: Mapping[str, Any]) -> Estimate:
    """Estimate how long the study's jobs take; exits with one line if figures are missing."""
    with _refusing():
        return Estimate.of(study, Machine.of(figures["machine"]), figures["pilot"])


def _pilot(study: Study) -> dict[str, Any] | None:
    """The summary of the study's pilot; None without one that was made with these settings."""
    path = results_of(study) / "pilot.json"
    summary = atomic.read_json(path) if path.exists() else {}
    return summary if summary.get("settings") == settings.pilot(study) else None


def show_plan(study: Study, workflow: Any) -> None:
    """Print the plan, or the design, if it was the only target."""
    targets = {job.rule.name for job in workflow.dag.targetjobs}
    if len(targets) == 1 and targets <= FREE:
        from rich.console import Console
        from rich.markdown import Markdown

        text = (results_of(study) / f"{targets.pop()}.md").read_text()
        Console(width=None if sys.stdout.isatty() else 120).print(Markdown(text))


def show_outcome(study: Study) -> None:
    """Print a finished study's primary verdict, controls and last look, and what restricts them."""
    results = results_of(study)
    if (file := results / "contrasts.csv").exists():
        print(outcome.text(file), file=sys.stderr)
    if study.evaluation.looks and (file := results / "looks.json").exists():
        print(atomic.read_json(file)["sentence"], file=sys.stderr)
    if (file := results / "chosen.json").exists():
        for text in borders.messages(chosen.read(file)):
            print(f"warning: {text}", file=sys.stderr)
    if (file := results / "ledger.json").exists():
        for text in atomic.read_json(file)["problems"]:  # type: ignore[attr-defined]
            print(f"warning: {text}", file=sys.stderr)


def check_results(study: Study, workflow: Any) -> None:
    """Stop if there are results of other settings that Snakemake would take for the study's.

    Called once all rules are known. A plan reads no results.
    """
    if not workflow.is_main_process or FREE & set(check_config.options(sys.argv[1:]).others):
        return
    with _refusing(_config_file(workflow)):
        staleness.check(study, workflow)


def _config_file(workflow: Any) -> str:
    """Name the config in messages: its last file, and that values of the command count too."""
    file = _relative(([*workflow.configfiles] or ["--config"])[-1])
    return f"{file} with --config" if workflow.config_settings.config else file


def _relative(path: str | Path) -> str:
    full = Path(path).resolve()
    return str(full.relative_to(Path.cwd()) if full.is_relative_to(Path.cwd()) else full)
