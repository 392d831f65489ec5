"""Decide which cells of an arm go on to the next rung, by the written rule."""

from typing import TYPE_CHECKING, Any

from ssdmath.contrasts import race
from ssdmath.contrasts.race import RaceSettings
from ssdmath.jobs import entry
from ssdmath.tables import atomic, draws, parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, verdicts: list[str], problems: str, arm: str, settings: dict[str, Any], result: str
) -> None:
    """Read the rung's verdicts of one arm, write what stays and what was dropped."""
    table = parquet.read(problems, schemas.PROBLEMS)
    rules = RaceSettings.model_validate(settings)
    atomic.write_json(race.race(arm, draws.gather(verdicts), table, rules), result)


if __name__ == "__main__":
    entry.run(main, snakemake)
