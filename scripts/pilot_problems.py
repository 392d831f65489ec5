"""Take the pilot's problems: the first of the validation split, which have its mix of strata."""

from typing import TYPE_CHECKING

from ssdmath import log, provenance, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, problems: str, number: int, code: str, output: str) -> None:
    """Write the first `number` problems as a table of their own."""
    few = tables.read(problems, tables.PROBLEMS).head(number)
    made = provenance.of(settings={"problems": number}, code=code)
    tables.write(few, output, tables.PROBLEMS, made)


if __name__ == "__main__":
    log.run(
        lambda: main(
            problems=snakemake.input.problems,
            number=snakemake.params.problems,
            code=snakemake.params.code,
            output=snakemake.output.problems,
        ),
        snakemake.log[0],
    )
