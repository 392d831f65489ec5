"""List the draws that the present verifier judges differently from the previous one."""

from typing import TYPE_CHECKING

from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.tables import parquet
from ssdmath.verification import regrade

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, verdicts: list[str], code: str, table: str, csv: str) -> None:
    """Compare each cell with the same draws under the last other verifier; say what changed."""
    changes, compared = regrade.table(verdicts)
    parquet.write(changes, table, regrade.REGRADE, metadata.of(settings={}, code=code))
    parquet.write_csv(changes, csv)
    flipped = changes.filter(changes["correct_old"].ne_missing(changes["correct_new"])).height
    print(f"{compared} of {len(verdicts)} cells were judged by an earlier verifier too")
    print(
        f"{changes.height} verdicts changed, {flipped} of them between right and not right: {csv}"
    )


if __name__ == "__main__":
    entry.run(main, snakemake, verdicts=[*snakemake.input.verdicts, *snakemake.input.tested])
