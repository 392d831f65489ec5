"""Fit accuracy against T_eff = T_train x T_eval, per truncation."""

from typing import TYPE_CHECKING, Any

from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.scores import temperature_fit
from ssdmath.tables import draws, parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *, verdicts: list[str], problems: str, settings: dict[str, Any], code: str, table: str
) -> None:
    """Read the validation verdicts, fit, write the fits."""
    fits = temperature_fit.fits(
        draws.gather(verdicts),
        parquet.read(problems, schemas.PROBLEMS),
        split="validation",
        arms=settings["arms"],
        seed=settings["seed"],
        resamples=settings["resamples"],
    )
    parquet.write(fits, table, temperature_fit.FIT, metadata.of(settings=settings, code=code))


if __name__ == "__main__":
    entry.run(main, snakemake)
