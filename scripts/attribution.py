"""Attribute a gain to its causes, one row per cause."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.contrasts import attribution, inputs, resolve
from ssdmath.tables import schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, settings: dict[str, Any]) -> pl.DataFrame:
    """Give each role its chosen cell and compare the roles of every cause."""
    return attribution.table(
        study.draws,
        study.problems,
        resolve.sides(study.arms, settings["arms"], settings["default"]),
        split=settings["split"],
        margin=settings["margin"],
        shared=settings["shared"],
        matched=settings["matched"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


if __name__ == "__main__":
    inputs.run(main, snakemake, schemas.ATTRIBUTION)
