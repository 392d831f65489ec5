"""Compute the declared contrasts within each stratum."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.contrasts import by_stratum, inputs, resolve
from ssdmath.scores import strata
from ssdmath.tables import draws, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, held_out: list[str], settings: dict[str, Any]) -> pl.DataFrame:
    """Make the strata, resolve each contrast, answer it in each of them."""
    rated = draws.gather(held_out) if held_out else None
    return by_stratum.table(
        study.draws,
        study.problems,
        resolve.all_of(settings["contrasts"], study.arms, settings["seeds"]),
        strata.groups(study.problems, rated, settings["nested"]),
        seed=settings["seed"],
        resamples=settings["resamples"],
        margin=settings["margin"],
        shared=settings["shared"],
        matched=settings["matched"],
    )


if __name__ == "__main__":
    inputs.run(main, snakemake, schemas.GAINS, "held_out")
