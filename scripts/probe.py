"""Classify the probed positions, estimate the change in each class, and pick examples."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.jobs import entry
from ssdmath.mechanism import examples as example_positions
from ssdmath.mechanism import probe
from ssdmath.mechanism.schemas import POSITIONS, PROBE
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, positions: str, settings: dict[str, Any], code: str, table: str, examples: str) -> None:
    """Read the positions, write the probe's table and the examples."""
    rows = parquet.read(positions, POSITIONS)
    config = MechanismConfig.model_validate(settings)
    provenance = metadata.of(settings=settings, code=code)
    parquet.write(probe.table(rows, config), table, PROBE, provenance)
    atomic.write_json({"cards": example_positions.pick(rows, config)}, examples)


if __name__ == "__main__":
    entry.run(main, snakemake)
