"""The report of a study: one HTML file, and the figure that stands in the README."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ssdmath.jobs import log
from ssdmath.provenance import job_records
from ssdmath.report import inputs as report_inputs
from ssdmath.report import page
from ssdmath.report.figures import figure as figures
from ssdmath.report.sections import accuracy

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


MECHANISM = ("toy", "geometry", "probe", "cards", "truth", "heuristic_recall", "target", "lengths")


def main(
    *,
    study: dict[str, Any],
    scores: str,
    contrasts: str,
    chosen: str,
    problems: Sequence[str],
    problems_report: str,
    samples: Sequence[str],
    verdicts: Sequence[str],
    output: str,
    figure: str,
    **more: Any,
) -> None:
    """Write the report; `more` holds the optional files of `material.Inputs`."""
    inputs = report_inputs.Inputs(
        study=study,
        scores=scores,
        contrasts=contrasts,
        chosen=chosen,
        problems=problems,
        problems_report=problems_report,
        samples=samples,
        verdicts=verdicts,
        **more,
    )
    gathered = report_inputs.gather(inputs)
    page.write(gathered, output)
    figures.save_svg(accuracy.overview(gathered), figure)
    print(f"report: {output}, made from {len(gathered.records)} files")


def kept(report: str, pattern: str) -> list[str]:
    """The files that the study's jobs have left beside their results so far: times, mostly."""
    return sorted(str(path) for path in Path(report).parent.glob(pattern))


def study_of(job: Any) -> dict[str, Any]:
    """Return the study of a job, once all its inputs are known to be made with its settings."""
    job_records.check(map(str, job.input), job.params.expected)
    return dict(job.params.study)


if __name__ == "__main__":
    given = snakemake.input
    log.run(
        lambda: main(
            study=study_of(snakemake),
            scores=given.scores,
            contrasts=given.contrasts,
            chosen=given.chosen,
            problems=list(given.problems),
            problems_report=given.problems_report,
            samples=[*given.samples, *given.get("tested_samples", [])],
            verdicts=[*given.verdicts, *given.get("tested_verdicts", [])],
            training_logs=list(given.get("training_logs", [])),
            health=list(given.get("health", [])),
            plan=given.get("plan"),
            **{name: given.get(name) or None for name in MECHANISM},
            attribution=given.get("attribution"),
            temperature=given.get("temperature"),
            curves=given.get("curves"),
            gains=given.get("gains"),
            benchmarks=kept(snakemake.output.html, "benchmarks/**/*.tsv"),
            slowest=kept(snakemake.output.html, "logs/verify_*/*.slowest.json"),
            output=snakemake.output.html,
            figure=snakemake.output.figure,
        ),
        snakemake,
    )
