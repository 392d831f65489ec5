"""List every verdict that the present verifier judges otherwise than the one before."""

from typing import TYPE_CHECKING

from ssdmath import log, provenance, regrade, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, verdicts: list[str], code: str, table: str, csv: str) -> None:
    """Compare each cell with the same draws under the last other verifier; say what changed."""
    found, compared = regrade.table(verdicts)
    tables.write(found, table, regrade.REGRADE, provenance.of(settings={}, code=code))
    tables.write_csv(found, csv)
    flipped = found.filter(found["correct_old"].ne_missing(found["correct_new"])).height
    print(f"{compared} of {len(verdicts)} cells were judged by an earlier verifier too")
    print(f"{found.height} verdicts changed, {flipped} of them between right and not right: {csv}")


if __name__ == "__main__":
    log.run(
        lambda: main(
            verdicts=[*snakemake.input.verdicts, *snakemake.input.tested],
            code=snakemake.params.code,
            table=snakemake.output.table,
            csv=snakemake.output.csv,
        ),
        snakemake.log[0],
    )
