"""Make the problem tables of all splits, and the report of what was left out."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, problems, provenance, tables
from ssdmath.sections.problems import ProblemsSection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, section: dict[str, Any], code: str, outputs: dict[str, str], report: str) -> None:
    """Read the sources, clean, split, write."""
    frames, counts = problems.build(ProblemsSection.model_validate(section))
    made = provenance.of(settings=section, code=code)
    for split, frame in frames.items():
        tables.write(frame, outputs[split], tables.PROBLEMS, made)
    tables.write_json(counts, report)


if __name__ == "__main__":
    log.run(
        lambda: main(
            section=snakemake.params.section,
            code=snakemake.params.code,
            outputs={split: snakemake.output[split] for split in problems.ORDER},
            report=snakemake.output.report,
        ),
        snakemake.log[0],
    )
