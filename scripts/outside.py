"""Compare each tested arm with base on the outside problems, and score these cells."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.problems import OUTSIDE
from ssdmath.contrasts import inputs, outside
from ssdmath.jobs import log
from ssdmath.provenance import metadata
from ssdmath.scores import table as score_table
from ssdmath.tables import derived_schemas, parquet, score_schema

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def contrasts(study: inputs.CellInputs, settings: dict[str, Any]) -> pl.DataFrame:
    """Compare the arms; `study` holds the draws and problems of outside and of test."""
    named = ("seeds", "seed", "resamples", "margin", "shared", "matched")
    return outside.table(
        study.draws,
        study.problems,
        study.arms,
        compared=settings["arms"],
        **{name: settings[name] for name in named},
    )


def scores(study: inputs.CellInputs, settings: dict[str, Any]) -> pl.DataFrame:
    """Score the cells of outside, in every stratum."""
    return score_table.scores(
        study.draws.filter(pl.col("split") == OUTSIDE),
        study.problems,
        planned={OUTSIDE: settings["draws"]},
        ks=settings["ks"],
        cap=settings["cap"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )


def main(study: inputs.CellInputs, job: Any) -> None:
    """Write both tables."""
    output, params = job.output, job.params
    inputs.write(contrasts(study, params.settings), job, derived_schemas.OUTSIDE)
    record = metadata.of(settings=params.settings, code=params.code)
    scored = scores(study, params.settings)
    parquet.write(scored, output.scores, score_schema.schema(params.settings["ks"]), record)
    parquet.write_csv(scored, output.scores_csv)


if __name__ == "__main__":
    log.run(lambda: main(inputs.CellInputs.read(snakemake.input), snakemake), snakemake)
