"""Pick the contexts on which base and trained models are compared; write those the world knows."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.names import BASE, Cell
from ssdmath.jobs import log
from ssdmath.mechanism import contexts, generated_contexts
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import Vocabulary
from ssdmath.models import weights
from ssdmath.provenance import metadata
from ssdmath.tables import parquet, schemas

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
    """Pick from the validation draws, let the generator write its own, write CONTEXTS."""
    known = parquet.read(problems, schemas.PROBLEMS)
    vocabulary = Vocabulary(weights.read_record(base)[0])
    every = contexts.candidates(verdicts)
    picks = contexts.picked(every, number=settings["carriers"], seed=settings["seed"])
    found = contexts.sampled(picks, samples, known)
    if settings["world"] is not None:
        cell = next(path for path in samples if Cell.of(path).model == BASE)
        drawn = parquet.read(cell, schemas.SAMPLES)
        own = generated_contexts.written(
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
    made = metadata.of(settings=settings, code=code, vocabulary=vocabulary.digest)
    parquet.write(found, table, CONTEXTS, made)


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
        snakemake,
    )
