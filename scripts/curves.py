"""Compare each arm with base over the evaluation temperatures, as a curve with one band."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.contrasts import inputs
from ssdmath.contrasts.curves import curve
from ssdmath.tables import chosen, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(given: inputs.Given, settings: dict[str, Any]) -> pl.DataFrame:
    """Follow each arm's chosen checkpoints over the temperatures, on validation."""
    parts = []
    for arm in settings["arms"]:
        models = chosen.winner(given.arms, arm).models
        rows = curve(
            given.draws,
            given.problems,
            split="validation",
            a=models,
            b=(BASE,),
            decodings=settings["decodings"],
            seed=settings["seed"],
            resamples=settings["resamples"],
            margin=settings["margin"],
            shared=settings["shared"],
        )
        parts.append(
            rows.select(pl.lit(arm).alias("arm"), pl.lit(",".join(models)).alias("a"), pl.all())
        )
    return pl.concat([schemas.CURVES.to_frame(), *parts])


if __name__ == "__main__":
    inputs.run(main, snakemake, schemas.CURVES)
