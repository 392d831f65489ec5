"""Class the probed positions, and say what changed in each class; pick the example cards."""

from typing import TYPE_CHECKING, Any

from ssdmath.jobs import log
from ssdmath.mechanism import examples, probe
from ssdmath.mechanism.schemas import POSITIONS, PROBE
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, positions: str, settings: dict[str, Any], code: str, table: str, shown: str) -> None:
    """Read the positions, write the probe's table and the cards."""
    seen = parquet.read(positions, POSITIONS)
    made = metadata.of(settings=settings, code=code)
    parquet.write(probe.table(seen, settings), table, PROBE, made)
    atomic.write_json({"cards": examples.cards(seen, settings)}, shown)


if __name__ == "__main__":
    log.run(
        lambda: main(
            positions=snakemake.input.positions,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            shown=snakemake.output.cards,
        ),
        snakemake,
    )
