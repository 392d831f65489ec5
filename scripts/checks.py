"""Check that the study's results are complete, in range, and of the settings at hand."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.jobs import entry
from ssdmath.provenance import job_records
from ssdmath.scores import checks
from ssdmath.tables import atomic, draws, parquet, schemas, score_schema

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    files: list[str],
    samples: list[str],
    problems: list[str],
    scores: str,
    outside: list[str],
    settings: dict[str, Any],
    expected: dict[str, str],
    output: str,
) -> None:
    """Run every check; the file appears only if all pass.

    `files` are all inputs: they, and what they were made from, must be of the settings `expected`.
    `outside` is the score table of the outside cells, if there are any.
    """
    job_records.check(files, expected, contents=True)
    frames = [parquet.read(path, schemas.PROBLEMS) for path in problems]
    ids = {frame["split"][0]: frame["id"].to_list() for frame in frames}
    tables = [parquet.read(scores, score_schema.schema(settings["ks"]))]
    tables += [parquet.read(path, score_schema.schema(settings["outside_ks"])) for path in outside]
    table = pl.concat(tables, how="diagonal")
    atomic.write_json(checks.all_of(draws.not_empty(samples), ids, table, settings), output)


if __name__ == "__main__":
    entry.run(
        main,
        snakemake,
        files=list(map(str, snakemake.input)),
        samples=[name for key in ("samples", "tested", "beyond") for name in snakemake.input[key]],
        outside=list(snakemake.input.outside),
        output=snakemake.output.table,
    )
