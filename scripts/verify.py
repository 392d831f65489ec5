"""Judge every sample of a sweep's cells."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.answers.gold import check_gold
from ssdmath.config.verification import VerificationConfig
from ssdmath.jobs import entry
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.verification import archive, completion, judge

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: list[str],
    problems: str,
    settings: dict[str, Any],
    code: str,
    workers: int,
    outputs: list[str],
    slowest: str,
) -> None:
    """Judge the cells together (distinct answers are compared once), write one table each.

    Each table is kept under its verifier's name too, so that `regrade_diff` can compare.
    """
    limits = VerificationConfig.model_validate(settings["limits"])
    table = parquet.read(problems, schemas.PROBLEMS)
    golds = usable_golds(table)
    paths = dict(zip(outputs, samples, strict=True))
    timed: list[judge.Comparison] = []
    judged = judge.judge_cells(
        {output: completion.slices(path) for output, path in paths.items()},
        golds,
        thinking=settings["thinking"],
        limits=limits,
        workers=workers,
        slowest=timed,
    )
    atomic.write_json([comparison._asdict() for comparison in timed], slowest)
    verifier = archive.verifier(code, settings)
    for output, frame in judged.items():
        record = metadata.of(
            settings=settings,
            code=code,
            samples=parquet.provenance(paths[output]).get("digest"),
            verifier=judge.provenance(limits),
        )
        parquet.write(frame, output, schemas.VERDICTS, record)
        archive.keep(output, verifier)


def usable_golds(table: pl.DataFrame) -> dict[str, str]:
    """Return problem id -> gold; ValueError if the problems were made by a laxer verifier."""
    golds = dict(zip(table["id"], table["answer"], strict=True))
    for problem, gold in golds.items():
        if why := check_gold(gold):
            found = f"problem {problem}: answer {gold!r} cannot be compared ({why})"
            raise ValueError(
                f"{found}; delete the problems, so that this verifier makes them again"
            )
    return golds


if __name__ == "__main__":
    entry.run(
        main,
        snakemake,
        workers=snakemake.threads,
        outputs=list(snakemake.output),
        slowest=snakemake.log.slowest,
    )
