"""The report of a study: one HTML file, and its main figure as a file for the README."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.config.study import Study
from ssdmath.jobs import log
from ssdmath.provenance import job_records
from ssdmath.report import page
from ssdmath.report.figures import figure as figures
from ssdmath.report.inputs import Inputs
from ssdmath.report.results import Results
from ssdmath.report.sections import accuracy
from ssdmath.tables import draws

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, study: dict[str, Any], output: str, figure: str, **files: Any) -> None:
    """Write the report of a study; `files` are the fields of `ssdmath.report.inputs.Inputs`."""
    results = Results(Study.model_validate(study), Inputs(**files))
    page.write(results, output)
    figures.save_svg(accuracy.overview(results), figure)
    print(f"report: {output}, made from {len(results.records)} files")


def beside(report: str, pattern: str) -> list[str]:
    """The files in the report's folder that match a pattern: what jobs have logged so far."""
    return sorted(str(path) for path in Path(report).parent.glob(pattern))


def _files(given: Any, output: str) -> dict[str, Any]:
    """The rule's input files by the names of `Inputs`, and the times that the jobs have logged."""
    names = [field.name for field in fields(Inputs)]
    files = {name: given.get(name) for name in names if given.get(name)}
    return files | {
        "samples": _cells(given, "samples"),
        "verdicts": _cells(given, "verdicts"),
        "usage": beside(output, "benchmarks/usage.jsonl"),
        "slowest": beside(output, "logs/verify_*/*.slowest.json"),
    }


def _cells(given: Any, kind: str) -> list[str]:
    """The cells of validation, test and outside that hold draws."""
    beyond = [given.get(f"{split}_{kind}", []) for split in ("tested", "outside")]
    return draws.not_empty([*given.get(kind), *(path for paths in beyond for path in paths)])


def study_of(job: Any) -> dict[str, Any]:
    """Return the study of a job, once all its inputs are known to be made with its settings."""
    job_records.check(map(str, job.input), job.params.expected)
    return dict(job.params.study)


if __name__ == "__main__":
    log.run(
        lambda: main(
            study=study_of(snakemake),
            output=snakemake.output.html,
            figure=snakemake.output.figure,
            **_files(snakemake.input, snakemake.output.html),
        ),
        snakemake,
    )
