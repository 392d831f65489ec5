"""Attribute a gain to its causes, a row each."""

from typing import TYPE_CHECKING, Any

from ssdmath import attribution, declared, draws, log, provenance, tables

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    verdicts: list[str],
    chosen: str,
    problems: list[str],
    settings: dict[str, Any],
    code: str,
    table: str,
    csv: str,
) -> None:
    """Give each role its chosen cell, compare, write the attribution table."""
    roles = declared.sides(tables.read_json(chosen), settings["arms"], settings["default"])
    rows = attribution.table(
        draws.gather(verdicts),
        draws.problems(problems),
        roles,
        split=settings["split"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    tables.write(rows, table, tables.ATTRIBUTION, provenance.of(settings=settings, code=code))
    tables.write_csv(rows, csv)


if __name__ == "__main__":
    log.run(
        lambda: main(
            verdicts=[*snakemake.input.verdicts, *snakemake.input.tested],
            chosen=snakemake.input.chosen,
            problems=list(snakemake.input.problems),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
            csv=snakemake.output.csv,
        ),
        snakemake.log[0],
    )
