"""Select the samples one run trains on."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.arms import ArmConfig
from ssdmath.jobs import log
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import selection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: str,
    verdicts: list[str],
    arm: dict[str, Any],
    run: str,
    code: str,
    rows: str,
    counts: str,
) -> None:
    """Filter one synthesis cell as the run's arm says; write the rows and what was dropped."""
    section = ArmConfig.model_validate(arm | {"decodings": ["t1"]})
    chosen, dropped = selection.select(
        parquet.read(samples, schemas.SAMPLES),
        parquet.read(verdicts[0], schemas.VERDICTS) if verdicts else None,
        section,
        run=run,
    )
    made = metadata.of(settings=arm, code=code, samples=parquet.provenance(samples).get("digest"))
    parquet.write(chosen, rows, schemas.TRAINING_SET, made)
    atomic.write_json(dropped, counts)


if __name__ == "__main__":
    log.run(
        lambda: main(
            samples=snakemake.input.samples[0],
            verdicts=list(snakemake.input.verdicts),
            arm=snakemake.params.arm,
            run=snakemake.wildcards.run,
            code=snakemake.params.code,
            rows=snakemake.output.rows,
            counts=snakemake.output.counts,
        ),
        snakemake,
    )
