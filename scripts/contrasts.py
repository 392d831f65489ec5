"""Compare what the study declared, pair by pair."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath import comparing, declared, log, tables
from ssdmath.inference.contrasts import contrasts

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(given: comparing.Given, settings: dict[str, Any]) -> pl.DataFrame:
    """Resolve each declared contrast to its cells and answer it."""
    return contrasts(
        given.draws,
        given.problems,
        declared.all_of(settings["contrasts"], given.arms, settings["seeds"]),
        margin=settings["margin"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


if __name__ == "__main__":
    log.run(
        lambda: comparing.write(
            main(comparing.Given.read(snakemake.input), snakemake.params.settings),
            snakemake,
            tables.CONTRASTS,
        ),
        snakemake.log[0],
    )
