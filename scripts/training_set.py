"""Select the samples one run trains on."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.arms import SelectionConfig
from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.training import selection

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: str,
    verdicts: list[str],
    matched: list[str],
    lengths: list[str],
    problems: str,
    settings: dict[str, Any],
    run: str,
    code: str,
    rows: str,
    counts: str,
) -> None:
    """Filter one synthesis cell as the run's arm says; write the rows and the counts dropped.

    `lengths` is base's cell whose lengths the set takes over, where the arm asks for it.
    """
    prompts = atomic.read_json(matched[0])["prompts"] if matched else None
    chosen, kept = selection.select(
        parquet.read(samples, schemas.SAMPLES),
        parquet.read(verdicts[0], schemas.VERDICTS) if verdicts else None,
        SelectionConfig.model_validate(settings["selection"]),
        run=run,
        matched=prompts,  # type: ignore[arg-type]  # what matched_prompts.py wrote
        draws=settings["draws"],
        reference=parquet.read(lengths[0], schemas.SAMPLES) if lengths else None,
        batch=settings["batch"],
    )
    trained_on = selection.budget(
        kept["kept"], kept["tokens"], steps=settings["steps"], batch=settings["batch"]
    )
    by_level = selection.levels(chosen, parquet.read(problems, schemas.PROBLEMS))
    digest = parquet.provenance(samples).get("digest")
    provenance = metadata.of(settings=settings, code=code, samples=digest)
    parquet.write(chosen, rows, schemas.TRAINING_SET, provenance)
    atomic.write_json(kept | trained_on | {"levels": by_level, "match": settings["match"]}, counts)


if __name__ == "__main__":
    entry.run(main, snakemake, samples=snakemake.input.samples[0])
