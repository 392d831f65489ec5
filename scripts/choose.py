"""Choose each arm's cell on validation, by the written rule."""

from typing import TYPE_CHECKING, Any

from ssdmath.contrasts import choose, race
from ssdmath.jobs import entry
from ssdmath.tables import atomic, draws, parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, verdicts: list[str], problems: str, races: list[str], rule: dict[str, Any], chosen: str
) -> None:
    """Read the validation verdicts, choose, write the choice with its runners-up.

    `races` are the files of all races, if there were any; what they dropped is written down too.
    """
    choice = choose.choose(
        draws.gather(verdicts),
        parquet.read(problems, schemas.PROBLEMS),
        min_draws=rule["draws"],
        seed=rule["seed"],
        resamples=rule["resamples"],
        arms=rule["arms"],
        races=race.read_all(races),
    )
    if races:
        choice["rule_of_race"] = race.rule(**rule["race"])
    atomic.write_json(choice, chosen)


if __name__ == "__main__":
    entry.run(main, snakemake)
