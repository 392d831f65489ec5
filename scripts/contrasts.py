"""Compare what the study declared, pair by pair."""

from typing import TYPE_CHECKING, Any

from ssdmath import declared, draws, log, provenance, tables
from ssdmath.inference.contrasts import contrasts
from ssdmath.sections.evaluation import ContrastSection

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
    """Resolve each declared contrast to its cells and write the contrast table."""
    choices, seeds = tables.read_json(chosen), settings["seeds"]
    sections = [ContrastSection.model_validate(one) for one in settings["contrasts"]]
    compared = contrasts(
        draws.gather(verdicts),
        draws.problems(problems),
        [declared.resolved(section, choices, seeds) for section in sections],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    tables.write(compared, table, tables.CONTRASTS, provenance.of(settings=settings, code=code))
    tables.write_csv(compared, csv)


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
