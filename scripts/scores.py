"""Score every cell and stratum."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.scores import strata, unknown
from ssdmath.scores import table as score_table
from ssdmath.tables import draws, parquet, score_schema

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    verdicts: list[str],
    held_out: list[str],
    problems: list[str],
    settings: dict[str, Any],
    code: str,
    table: str,
    csv: str,
) -> None:
    """Read all verdicts, make the score table, write it for programs and for spreadsheets."""
    problem_table, judged = draws.problems(problems), draws.gather(verdicts)
    scored = score_table.scores(
        judged.with_columns(pl.col("tokens").fill_null(0)),
        problem_table,
        groups=strata.groups(
            problem_table, draws.gather(held_out) if held_out else None, settings["nested"]
        ),
        planned=settings["planned"],
        ks=settings["ks"],
        cap=settings["cap"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    unknown_ends = settings.get("ends") == "unknown"
    if unknown_ends or judged["tokens"].null_count():
        ends = [] if unknown_ends else judged["model"].unique().to_list()
        scored = unknown.hidden(scored, ends=ends, lengths=[])
    record = metadata.of(settings=settings, code=code)
    parquet.write(scored, table, score_schema.schema(settings["ks"]), record)
    parquet.write_csv(scored, csv)


if __name__ == "__main__":
    entry.run(main, snakemake, verdicts=[*snakemake.input.verdicts, *snakemake.input.tested])
