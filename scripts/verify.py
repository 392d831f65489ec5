"""Judge every sample of a sweep's cells."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath import judging, log, provenance, tables
from ssdmath.answers import check_gold

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
) -> None:
    """Judge the cells together (distinct answers are compared once), write one table each."""
    limits = judging.Limits.model_validate(settings["limits"])
    table = tables.read(problems, tables.PROBLEMS)
    golds = usable_golds(table)
    paths = dict(zip(outputs, samples, strict=True))
    judged = judging.judge_files(
        paths, golds, thinking=settings["thinking"], limits=limits, workers=workers
    )
    for output, frame in judged.items():
        made = provenance.of(
            settings=settings,
            code=code,
            samples=tables.provenance(paths[output]).get("digest"),
            verifier=judging.provenance(limits),
        )
        tables.write(frame, output, tables.VERDICTS, made)


def usable_golds(table: pl.DataFrame) -> dict[str, str]:
    """Return problem id -> gold; ValueError if the problems were made by a laxer verifier."""
    golds = dict(zip(table["id"], table["answer"], strict=True))
    for problem, gold in golds.items():
        if why := check_gold(gold):
            found = f"problem {problem}: answer {gold!r} cannot be compared ({why})"
            raise ValueError(f"{found}; this verifier wants the problems made anew: delete them")
    return golds


if __name__ == "__main__":
    log.run(
        lambda: main(
            samples=list(snakemake.input.samples),
            problems=snakemake.input.problems,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            workers=snakemake.threads,
            outputs=list(snakemake.output),
        ),
        snakemake.log[0],
    )
