"""Score every cell and stratum."""

from typing import TYPE_CHECKING, Any

from ssdmath import draws, grouping, log, metrics, provenance, score_table, tables

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
    asked = draws.problems(problems)
    scored = metrics.scores(
        draws.gather(verdicts),
        asked,
        groups=grouping.groups(
            asked, draws.gather(held_out) if held_out else None, settings["nested"]
        ),
        planned=settings["planned"],
        ks=settings["ks"],
        cap=settings["cap"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    made = provenance.of(settings=settings, code=code)
    tables.write(scored, table, score_table.schema(settings["ks"]), made)
    tables.write_csv(scored, csv)


if __name__ == "__main__":
    log.run(
        lambda: main(
            verdicts=[*snakemake.input.verdicts, *snakemake.input.tested],
            held_out=list(snakemake.input.held_out),
            problems=list(snakemake.input.problems),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            csv=snakemake.output.csv,
        ),
        snakemake.log[0],
    )
