"""Check that the study's results are whole."""

from typing import TYPE_CHECKING, Any

from ssdmath import checks, log, score_table, tables, whole

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, samples: list[str], problems: list[str], scores: str, settings: dict[str, Any], output: str
) -> None:
    """Run every check; the file appears only if all pass."""
    frames = [tables.read(path, tables.PROBLEMS) for path in problems]
    ids = {frame["split"][0]: frame["id"].to_list() for frame in frames}
    table = tables.read(scores, score_table.schema(settings["ks"]))
    whole.write_json(checks.all_of(samples, ids, table, settings), output)


if __name__ == "__main__":
    log.run(
        lambda: main(
            samples=[*snakemake.input.samples, *snakemake.input.tested],
            problems=list(snakemake.input.problems),
            scores=snakemake.input.scores,
            settings=snakemake.params.settings,
            output=snakemake.output.table,
        ),
        snakemake.log[0],
    )
