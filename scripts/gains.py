"""Answer the declared contrasts inside each stratum."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath import comparing, declared, draws, gains, grouping, log, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(given: comparing.Given, held_out: list[str], settings: dict[str, Any]) -> pl.DataFrame:
    """Make the strata, resolve each contrast, answer it in each of them."""
    rated = draws.gather(held_out) if held_out else None
    return gains.table(
        given.draws,
        given.problems,
        declared.all_of(settings["contrasts"], given.arms, settings["seeds"]),
        grouping.groups(given.problems, rated, settings["nested"]),
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


if __name__ == "__main__":
    log.run(
        lambda: comparing.write(
            main(
                comparing.Given.read(snakemake.input),
                list(snakemake.input.held_out),
                snakemake.params.settings,
            ),
            snakemake,
            tables.GAINS,
        ),
        snakemake.log[0],
    )
