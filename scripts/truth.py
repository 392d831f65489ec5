"""Estimate the change at true locks and forks, and how well the probe's classes find them."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.jobs import entry
from ssdmath.mechanism import ground_truth
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, POSITIONS, TRUTH
from ssdmath.provenance import metadata
from ssdmath.tables import parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, positions: str, settings: dict[str, Any], code: str, table: str, heuristic_recall: str
) -> None:
    """Read the positions, write the changes at true locks and forks, and the recall."""
    rows = parquet.read(positions, POSITIONS)
    config = MechanismConfig.model_validate(settings)
    provenance = metadata.of(settings=settings, code=code)
    parquet.write(ground_truth.table(rows, config), table, TRUTH, provenance)
    recall = ground_truth.heuristic_recall(rows, config)
    parquet.write(recall, heuristic_recall, HEURISTIC_RECALL, provenance)


if __name__ == "__main__":
    entry.run(main, snakemake)
