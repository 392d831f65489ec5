"""Judge every sample of a sweep's cells."""

from typing import TYPE_CHECKING, Any

from ssdmath import judging, log, provenance, tables

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
    golds = dict(zip(table["id"], table["answer"], strict=True))
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
