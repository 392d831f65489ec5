"""Write the problem tables of all splits, and a report of what was left out."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.problems import ProblemsConfig
from ssdmath.jobs import entry
from ssdmath.problems import build
from ssdmath.problems.decontamination.pairs import DUPLICATES
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas

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
    tables = build.build(ProblemsConfig.model_validate(section), smoke=smoke)
    record = metadata.of(settings=section, code=code)
    for split, frame in tables.frames.items():
        parquet.write(frame, outputs[split], schemas.PROBLEMS, record)
    parquet.write(tables.duplicates, cut, DUPLICATES, record)
    atomic.write_json(tables.report, report)


if __name__ == "__main__":
    entry.run(
        main,
        snakemake,
        smoke=snakemake.params.trust["smoke"],
        outputs={split: path for split, path in snakemake.output.items() if split in build.ORDER},
    )
