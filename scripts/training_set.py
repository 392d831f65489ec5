"""Select the samples one run trains on."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.arms import SelectionConfig
from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import selection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: str,
    verdicts: list[str],
    settings: dict[str, Any],
    run: str,
    code: str,
    rows: str,
    counts: str,
) -> None:
    """Filter one synthesis cell as the run's arm says; write the rows and the counts dropped."""
    chosen, dropped = selection.select(
        parquet.read(samples, schemas.SAMPLES),
        parquet.read(verdicts[0], schemas.VERDICTS) if verdicts else None,
        SelectionConfig.model_validate(settings),
        run=run,
    )
    digest = parquet.provenance(samples).get("digest")
    provenance = metadata.of(settings=settings, code=code, samples=digest)
    parquet.write(chosen, rows, schemas.TRAINING_SET, provenance)
    atomic.write_json(dropped, counts)


if __name__ == "__main__":
    entry.run(main, snakemake, samples=snakemake.input.samples[0])
