"""Summarise the pilot: lengths, variance and speed, from which the next plan is made."""

from typing import TYPE_CHECKING, Any

from ssdmath.jobs import entry
from ssdmath.plan import pilot
from ssdmath.sampling.job import study_folder
from ssdmath.tables import atomic, parquet, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(*, samples: str, verdicts: str, settings: dict[str, Any], summary: str) -> None:
    """Read the pilot's cell and its verdicts, write the summary."""
    measured = pilot.summary(
        parquet.read(samples, schemas.SAMPLES),
        parquet.read(verdicts, schemas.VERDICTS),
        pilot.PilotSettings.model_validate(settings),
    )
    measured["speed"] = pilot.speed(study_folder(samples) / "benchmarks" / "throughput.jsonl")
    atomic.write_json(measured, summary)


if __name__ == "__main__":
    entry.run(main, snakemake)
