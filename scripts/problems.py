"""Make the problem tables of all splits, and the report of what was left out."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, problems, provenance, tables, whole
from ssdmath.decontamination.cut import CUT
from ssdmath.sections.problems import ProblemsSection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    section: dict[str, Any],
    smoke: bool,
    code: str,
    outputs: dict[str, str],
    report: str,
    cut: str,
) -> None:
    """Read the sources, clean, split, write."""
    built = problems.build(ProblemsSection.model_validate(section), smoke=smoke)
    made = provenance.of(settings=section, code=code)
    for split, frame in built.frames.items():
        tables.write(frame, outputs[split], tables.PROBLEMS, made)
    tables.write(built.cut, cut, CUT, made)
    whole.write_json(built.report, report)


if __name__ == "__main__":
    log.run(
        lambda: main(
            section=snakemake.params.section,
            smoke=snakemake.params.trust["smoke"],
            code=snakemake.params.code,
            outputs={split: snakemake.output[split] for split in problems.ORDER},
            report=snakemake.output.report,
            cut=snakemake.output.cut,
        ),
        snakemake.log[0],
    )
