"""Take the pilot's problems: the first of the validation split, which have its mix of strata."""

from typing import TYPE_CHECKING

from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.tables import parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, problems: str, number: int, code: str, output: str) -> None:
    """Write the first `number` problems as a table of their own."""
    chosen = parquet.read(problems, schemas.PROBLEMS).head(number)
    record = metadata.of(settings={"problems": number}, code=code)
    parquet.write(chosen, output, schemas.PROBLEMS, record)


if __name__ == "__main__":
    entry.run(
        main,
        snakemake,
        problems=snakemake.input.problems,
        number=snakemake.params.problems,
        output=snakemake.output.problems,
    )
