"""Score every cell and stratum."""

from typing import TYPE_CHECKING, Any

from ssdmath import draws, log, metrics, provenance, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    verdicts: list[str],
    problems: list[str],
    settings: dict[str, Any],
    code: str,
    table: str,
    csv: str,
) -> None:
    """Read all verdicts, make the score table, write it for programs and for spreadsheets."""
    scored = metrics.scores(
        draws.gather(verdicts),
        draws.problems(problems),
        planned=settings["planned"],
        ks=settings["ks"],
        cap=settings["cap"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    made = provenance.of(settings=settings, code=code)
    tables.write(scored, table, tables.scores_schema(settings["ks"]), made)
    tables.write_csv(scored, csv)


if __name__ == "__main__":
    log.run(
        lambda: main(
            verdicts=[*snakemake.input.verdicts, *snakemake.input.tested],
            problems=list(snakemake.input.problems),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            csv=snakemake.output.csv,
        ),
        snakemake.log[0],
    )
