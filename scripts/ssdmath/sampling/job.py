"""A sampling job: from its input files to requests, and from samples to tables."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import LOOKS, RUNGS, Cell
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import Request, Sample, cell_requests
from ssdmath.sampling.settings import SweepSettings
from ssdmath.tables import parquet, schemas
from ssdmath.tables.chains import KEY, Cost


def requests(
    tokenizer: Any, problems: str, prompt: str, settings: SweepSettings, fingerprint: str
) -> Callable[[Cell], tuple[Request, ...]]:
    """Render the prompts once; return a function that gives the requests of a cell of the sweep.

    `problems` and `prompt` are paths, `fingerprint` that of the model.
    """
    table = first(parquet.read(problems, schemas.PROBLEMS), settings.first)
    rendered = prompts.render(
        tokenizer,
        prompts.template(prompt),
        table["statement"].to_list(),
        thinking=settings.thinking,
    )
    prompt_ids = dict(zip(table["id"], rendered, strict=True))

    def of_cell(cell: Cell) -> tuple[Request, ...]:
        return cell_requests(
            model=fingerprint,
            prompts=prompt_ids,
            decoding=Decoding.parse(cell.decoding),
            seed=cell.seed,
            draws=settings.draws,
        )

    return of_cell


def first(problems: pl.DataFrame, number: int | None) -> pl.DataFrame:
    """The first problems of a split, which have its mix of strata; ValueError if they are fewer."""
    if number is None:
        return problems
    if number < (strata := problems["stratum"].n_unique()):
        smallest = f"at least {strata / problems.height:.3g}"
        found = f"the first {number} problems are fewer than the {strata} strata of the split"
        key = "evaluation.looks" if problems["split"][0] == "test" else "evaluation.racing.rungs"
        raise ValueError(f"{key}: {found}; allowed: {smallest} of the problems")
    return problems.head(number)


def study_folder(samples: str) -> Path:
    """Return the study's folder, given the path of one of its cells of samples.

    The rungs of a race share it, and the looks at test, so that a later one finds the draws of the
    earlier ones.
    """
    folder = Path(samples).parents[4]
    return folder.parents[1] if folder.parent.name in (RUNGS, LOOKS) else folder


def journal_path(samples: str) -> Path:
    """Return the path of the journal of a cell of samples."""
    cell = Cell.of(samples)
    folder = study_folder(samples) / "journal" / cell.model / cell.split / cell.decoding
    return folder / f"{cell.seed}.jsonl"


def chains(samples: Sequence[Sample]) -> dict[str, dict[str, int]]:
    """What the draws of a cell with a power cost, for its provenance; nothing of another cell."""
    powers = [
        (sample, sample.chain, sample.request.decoding.power)
        for sample in samples
        if sample.chain and sample.request.decoding.power
    ]
    if not powers:
        return {}
    cost = Cost(
        draws=len(powers),
        kept=sum(len(sample.token_ids) for sample, _, _ in powers),
        drawn=sum(chain.drawn for _, chain, _ in powers),
        moves=sum(power.moves for _, _, power in powers),
        accepted=sum(chain.accepted for _, chain, _ in powers),
        changed=sum(chain.changed for _, chain, _ in powers),
    )
    return {KEY: cost._asdict()}


def as_table(samples: Sequence[Sample], tokenizer: Any, seed: int) -> pl.DataFrame:
    """Lay the samples of a cell out as a SAMPLES table, in their order."""
    return pl.DataFrame(
        {
            "problem": [sample.request.problem for sample in samples],
            "index": [sample.request.index for sample in samples],
            "seed": [seed] * len(samples),
            "prompt_ids": [list(sample.request.prompt_ids) for sample in samples],
            "token_ids": [list(sample.token_ids) for sample in samples],
            "text": [
                prompts.completion_text(tokenizer, one.token_ids, stopped=one.finish == "stop")
                for one in samples
            ],
            "finish": [sample.finish for sample in samples],
            "logprob": [sample.logprob for sample in samples],
        },
        schema=schemas.SAMPLES,
    )
