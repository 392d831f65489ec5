"""Hold the probe's classes against what the micro world knows, and say what changed there."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, provenance, tables
from ssdmath.mechanism import truth
from ssdmath.mechanism.schemas import FOUND, POSITIONS, TRUTH

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, positions: str, settings: dict[str, Any], code: str, table: str, found: str) -> None:
    """Read the positions, write what changed at true locks and forks, and how they are found."""
    seen = tables.read(positions, POSITIONS)
    made = provenance.of(settings=settings, code=code)
    tables.write(truth.table(seen, settings), table, TRUTH, made)
    tables.write(truth.found(seen, settings), found, FOUND, made)


if __name__ == "__main__":
    log.run(
        lambda: main(
            positions=snakemake.input.positions,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            found=snakemake.output.found,
        ),
        snakemake.log[0],
    )
