"""Select the samples one run trains on."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, provenance, selection, tables, whole
from ssdmath.sections.arms import ArmSection

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
    section = ArmSection.model_validate(arm | {"decodings": ["t1"]})
    chosen, dropped = selection.select(
        tables.read(samples, tables.SAMPLES),
        tables.read(verdicts[0], tables.VERDICTS) if verdicts else None,
        section,
        run=run,
    )
    made = provenance.of(settings=arm, code=code, samples=tables.provenance(samples).get("digest"))
    tables.write(chosen, rows, tables.TRAINING_SET, made)
    whole.write_json(dropped, counts)


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
        snakemake.log[0],
    )
