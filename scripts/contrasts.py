"""Compute the contrasts that the study declared."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.contrasts import inputs, resolve
from ssdmath.contrasts.table import contrasts
from ssdmath.tables import atomic, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, looks: list[str], settings: dict[str, Any]) -> pl.DataFrame:
    """Resolve each declared contrast to its cells and answer it; `looks` is looks.json, if any."""
    return contrasts(
        study.draws,
        study.problems,
        resolve.all_of(settings["contrasts"], study.arms, settings["seeds"]),
        margin=settings["margin"],
        shared=settings["shared"],
        matched=settings["matched"],
        seed=settings["seed"],
        resamples=settings["resamples"],
        ended=atomic.read_json(looks[0]) if looks else None,
    )


if __name__ == "__main__":
    inputs.run(main, snakemake, schemas.CONTRASTS, "looks")
