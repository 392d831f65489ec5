"""Compare each arm with base over the evaluation temperatures, as a curve with one band."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.contrasts import inputs
from ssdmath.contrasts.curves import curve
from ssdmath.tables import chosen, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: inputs.CellInputs, settings: dict[str, Any]) -> pl.DataFrame:
    """Follow each arm's chosen checkpoints over the temperatures, on validation."""
    tables = []
    for arm in settings["arms"]:
        models = chosen.winner(study.arms, arm).models
        decodings = drawn(study.draws, (*models, BASE), settings["decodings"])
        if not decodings:
            continue
        rows = curve(
            study.draws,
            study.problems,
            split="validation",
            a=models,
            b=(BASE,),
            decodings=decodings,
            seed=settings["seed"],
            resamples=settings["resamples"],
            margin=settings["margin"],
            shared=settings["shared"],
        )
        tables.append(
            rows.select(pl.lit(arm).alias("arm"), pl.lit(",".join(models)).alias("a"), pl.all())
        )
    return pl.concat([schemas.CURVES.to_frame(), *tables])


def drawn(draws: pl.DataFrame, models: Sequence[str], decodings: Sequence[str]) -> list[str]:
    """The decodings at which every model was drawn: a race drops cells of some arms only."""
    of_models = draws.filter(pl.col("model").is_in(models), pl.col("split") == "validation")
    cells = set(of_models.select("model", "decoding").unique().iter_rows())
    return [slug for slug in decodings if all((model, slug) in cells for model in models)]


if __name__ == "__main__":
    inputs.run(main, snakemake, schemas.CURVES)
