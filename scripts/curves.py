"""Compare each arm with base over the evaluation temperatures, as a curve with one band."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath import chosen, comparing, log, tables
from ssdmath.cells import BASE
from ssdmath.inference.contrasts import curve

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(given: comparing.Given, settings: dict[str, Any]) -> pl.DataFrame:
    """Follow each arm's chosen checkpoints over the temperatures, on validation."""
    parts = []
    for arm in settings["arms"]:
        models = chosen.winner(given.arms, arm).models
        found = curve(
            given.draws,
            given.problems,
            split="validation",
            a=models,
            b=(BASE,),
            decodings=settings["decodings"],
            seed=settings["seed"],
            resamples=settings["resamples"],
        )
        parts.append(
            found.select(pl.lit(arm).alias("arm"), pl.lit(",".join(models)).alias("a"), pl.all())
        )
    return pl.concat([tables.CURVES.to_frame(), *parts])


if __name__ == "__main__":
    log.run(
        lambda: comparing.write(
            main(comparing.Given.read(snakemake.input), snakemake.params.settings),
            snakemake,
            tables.CURVES,
        ),
        snakemake.log[0],
    )
