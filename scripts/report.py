"""The report of a study: one HTML file, and the figure that stands in the README."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ssdmath import log
from ssdmath.plots import figure as figures
from ssdmath.report import material, page, temperatures

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


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
    inputs = material.Inputs(
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
    gathered = material.gather(inputs)
    page.write(gathered, output)
    figures.save_svg(temperatures.overview(gathered), figure)
    print(f"report: {output}, made from {len(gathered.records)} files")


if __name__ == "__main__":
    log.to_file(snakemake.log[0])
    main(
        study=snakemake.params.study,
        scores=snakemake.input.scores,
        contrasts=snakemake.input.contrasts,
        chosen=snakemake.input.chosen,
        problems=snakemake.input.problems,
        problems_report=snakemake.input.problems_report,
        samples=snakemake.input.samples,
        verdicts=snakemake.input.verdicts,
        training_logs=snakemake.input.get("training_logs", []),
        health=snakemake.input.get("health", []),
        plan=snakemake.input.get("plan"),
        toy=snakemake.input.get("toy"),
        attribution=snakemake.input.get("attribution"),
        temperature=snakemake.input.get("temperature"),
        benchmarks=snakemake.input.get("benchmarks", []),
        output=snakemake.output.html,
        figure=snakemake.output.figure,
    )
