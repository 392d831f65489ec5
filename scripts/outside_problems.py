"""Write the problem table of the outside split, and a report of what was left out."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.problems import OUTSIDE, ProblemsConfig
from ssdmath.jobs import entry
from ssdmath.problems import build
from ssdmath.problems.decontamination.pairs import DUPLICATES
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    filled: list[str],
    section: dict[str, Any],
    smoke: bool,
    code: str,
    table: str,
    report: str,
    cut: str,
) -> None:
    """Read the sources of the outside split, leave out what the splits `filled` have, write."""
    config = ProblemsConfig.model_validate(section)
    others = [parquet.read(path, schemas.PROBLEMS) for path in filled]
    tables = build.build_outside(config, others, smoke=smoke)
    record = metadata.of(settings=section, code=code)
    parquet.write(tables.frames[OUTSIDE], table, schemas.PROBLEMS, record)
    parquet.write(tables.duplicates, cut, DUPLICATES, record)
    atomic.write_json(tables.report, report)


if __name__ == "__main__":
    entry.run(main, snakemake, smoke=snakemake.params.trust["smoke"])
