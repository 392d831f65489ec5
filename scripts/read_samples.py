"""Read a sweep's cells from files that were sampled elsewhere, instead of drawing them."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.imported import ImportedCell
from ssdmath.config.names import Cell
from ssdmath.imported import cells
from ssdmath.jobs import entry
from ssdmath.provenance import job_records, metadata
from ssdmath.tables import parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, problems: str, settings: dict[str, Any], code: str, outputs: list[str]) -> None:
    """Write each cell; what its files held of other problems is counted in its provenance."""
    table = parquet.read(problems, schemas.PROBLEMS)
    for path in outputs:
        cell = Cell.of(path)
        given = ImportedCell.model_validate(settings["cells"][cell.decoding])
        sizes = {name: settings[name] for name in ("draws", "cap")}
        side = cells.read(given, settings["ends"], table, seed=cell.seed, **sizes)
        left_out = {"misses": len(side.misses), "faults": len(side.faults)}
        print(f"{path}: {side.frame.height} draws; left out: {left_out}")
        record = metadata.of(
            settings={name: settings[name] for name in ("draws", "cap", "ends")}
            | given.model_dump()
            | cell._asdict(),
            code=code,
            imported={"files": {str(file): job_records.content(file) for file in side.files}}
            | left_out,
        )
        parquet.write(side.frame, path, schemas.SAMPLES, record)


if __name__ == "__main__":
    entry.run(main, snakemake, outputs=list(snakemake.output))
