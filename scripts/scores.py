"""Score every cell and stratum."""

from typing import TYPE_CHECKING, Any

from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.scores import strata
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
    problem_table = draws.problems(problems)
    scored = score_table.scores(
        draws.gather(verdicts),
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
    record = metadata.of(settings=settings, code=code)
    parquet.write(scored, table, score_schema.schema(settings["ks"]), record)
    parquet.write_csv(scored, csv)


if __name__ == "__main__":
    entry.run(main, snakemake, verdicts=[*snakemake.input.verdicts, *snakemake.input.tested])
