"""Pick the contexts on which base and trained models are compared; generate labelled ones."""

from typing import TYPE_CHECKING, Any

from ssdmath.config.names import BASE, Cell
from ssdmath.jobs import entry
from ssdmath.mechanism import contexts, generated_contexts
from ssdmath.mechanism.contexts import ContextSettings
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import ModelTokenizer
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
    released: list[str],
    settings: dict[str, Any],
    code: str,
    table: str,
) -> None:
    """Pick from the validation draws, add generated contexts, write CONTEXTS.

    Draws of released checkpoints with other tokens than base are no contexts for it.
    """
    config = ContextSettings.model_validate(settings)
    problem_table = parquet.read(problems, schemas.PROBLEMS)
    tokenizer = ModelTokenizer(weights.read_record(base)[0])
    foreign = {weights.name_of(path) for path in released if not weights.shares_tokens(path)}
    samples, verdicts = (
        [path for path in paths if Cell.of(path).model not in foreign]
        for paths in (samples, verdicts)
    )
    draws = contexts.candidates(verdicts)
    picks = contexts.pick(draws, number=config.carriers, seed=config.seed)
    rows = contexts.with_tokens(picks, samples, problem_table)
    if config.world is not None:
        cell = next(path for path in samples if Cell.of(path).model == BASE)
        prompts = parquet.read(cell, schemas.SAMPLES).select("problem", "prompt_ids")
        generated = generated_contexts.generate(
            problem_table,
            dict(prompts.iter_rows()),
            tokenizer,
            number=config.written,
            world=config.world,
            cap=config.cap,
            seed=config.seed,
            start=rows.height,
        )
        rows = rows.extend(generated)
    provenance = metadata.of(settings=settings, code=code, vocabulary=tokenizer.digest)
    parquet.write(rows, table, CONTEXTS, provenance)


if __name__ == "__main__":
    entry.run(main, snakemake)
