"""Pick the contexts on which base and trained models are compared; write those the world knows."""

from typing import TYPE_CHECKING, Any

from ssdmath import log, provenance, tables, weights
from ssdmath.cells import BASE, Cell
from ssdmath.mechanism import carriers, written
from ssdmath.mechanism.schemas import CARRIERS
from ssdmath.mechanism.vocabulary import Vocabulary

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    samples: list[str],
    verdicts: list[str],
    problems: str,
    base: str,
    settings: dict[str, Any],
    code: str,
    table: str,
) -> None:
    """Pick from the validation draws, let the generator write its own, write CARRIERS."""
    known = tables.read(problems, tables.PROBLEMS)
    vocabulary = Vocabulary(weights.read_record(base)[0])
    every = carriers.candidates(verdicts)
    picks = carriers.picked(every, number=settings["carriers"], seed=settings["seed"])
    found = carriers.sampled(picks, samples, known)
    if settings["world"] is not None:
        cell = next(path for path in samples if Cell.of(path).model == BASE)
        drawn = tables.read(cell, tables.SAMPLES)
        own = written.written(
            known,
            dict(drawn.select("problem", "prompt_ids").iter_rows()),
            vocabulary,
            number=settings["written"],
            world=settings["world"],
            cap=settings["cap"],
            seed=settings["seed"],
            start=found.height,
        )
        found = found.extend(own)
    made = provenance.of(settings=settings, code=code, vocabulary=vocabulary.digest)
    tables.write(found, table, CARRIERS, made)


if __name__ == "__main__":
    log.run(
        lambda: main(
            samples=list(snakemake.input.samples),
            verdicts=list(snakemake.input.verdicts),
            problems=snakemake.input.problems,
            base=snakemake.input.base,
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            table=snakemake.output.table,
        ),
        snakemake.log[0],
    )
