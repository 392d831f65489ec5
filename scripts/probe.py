"""Class the probed positions, and say what changed in each class; pick the example cards."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, provenance, tables, whole
from ssdmath.mechanism import cards, probe
from ssdmath.mechanism.schemas import POSITIONS, PROBE

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, positions: str, settings: dict[str, Any], code: str, table: str, shown: str) -> None:
    """Read the positions, write the probe's table and the cards."""
    seen = tables.read(positions, POSITIONS)
    made = provenance.of(settings=settings, code=code)
    tables.write(probe.table(seen, settings), table, PROBE, made)
    whole.write_json({"cards": cards.cards(seen, settings)}, shown)


if __name__ == "__main__":
    log.run(
        lambda: main(
            positions=snakemake.input.positions,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            shown=snakemake.output.cards,
        ),
        snakemake.log[0],
    )
