"""Hold the probe's classes against what the micro world knows, and say what changed there."""

from typing import TYPE_CHECKING, Any

from ssdmath.jobs import log
from ssdmath.mechanism import ground_truth
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, POSITIONS, TRUTH
from ssdmath.provenance import metadata
from ssdmath.tables import parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, positions: str, settings: dict[str, Any], code: str, table: str, heuristic_recall: str
) -> None:
    """Read the positions, write what changed at true locks and forks, and how they are found."""
    seen = parquet.read(positions, POSITIONS)
    made = metadata.of(settings=settings, code=code)
    parquet.write(ground_truth.table(seen, settings), table, TRUTH, made)
    parquet.write(
        ground_truth.heuristic_recall(seen, settings), heuristic_recall, HEURISTIC_RECALL, made
    )


if __name__ == "__main__":
    log.run(
        lambda: main(
            positions=snakemake.input.positions,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            heuristic_recall=snakemake.output.heuristic_recall,
        ),
        snakemake,
    )
