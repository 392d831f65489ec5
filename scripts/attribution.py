"""Attribute a gain to its causes, a row each."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath import attribution, comparing, declared, log, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(given: comparing.Given, settings: dict[str, Any]) -> pl.DataFrame:
    """Give each role its chosen cell and compare the roles of every cause."""
    return attribution.table(
        given.draws,
        given.problems,
        declared.sides(given.arms, settings["arms"], settings["default"]),
        split=settings["split"],
        margin=settings["margin"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


if __name__ == "__main__":
    log.run(
        lambda: comparing.write(
            main(comparing.Given.read(snakemake.input), snakemake.params.settings),
            snakemake,
            tables.ATTRIBUTION,
        ),
        snakemake.log[0],
    )
