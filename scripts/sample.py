"""Sample a sweep of one model: all its decodings with one model load and one shared batch."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import polars as pl
import transformers

from ssdmath import log, prompts, provenance, tables, weights
from ssdmath.cells import Cell
from ssdmath.code import code as code_of
from ssdmath.decoding import Decoding
from ssdmath.progress import DrawProgress
from ssdmath.sampling.engine import Request, Sample, cell_requests
from ssdmath.sampling.journal import Journal
from ssdmath.sampling.sweep import CellPlan, sample_sweep
from ssdmath.sampling.transformers_engine import TransformersEngine

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    problems: str,
    prompt: str,
    model: str,
    settings: dict[str, Any],
    code: str,
    batch: int,
    threads: int,
    outputs: list[str],
    terminal: TextIO,
) -> None:
    """Draw what the cells' journals lack, then write each cell as it gets complete."""
    folder, fingerprint = weights.read_record(model)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    asked = requests(tokenizer, problems, prompt, settings, fingerprint)
    plans = {
        path: CellPlan(asked(Cell.of(path)), Journal(journal_path(path), journal_digest(settings)))
        for path in outputs
    }

    def engine() -> TransformersEngine:
        return TransformersEngine(str(folder), batch=batch, threads=threads)

    with DrawProgress(label(outputs), streams=(terminal, sys.stderr)) as progress:
        for path, samples in sample_sweep(
            engine, plans, max_tokens=settings["cap"], on_progress=progress
        ):
            cell = Cell.of(path)
            made = provenance.of(settings=settings | cell._asdict(), code=code, model=fingerprint)
            tables.write(as_table(samples, tokenizer, cell.seed), path, tables.SAMPLES, made)


def requests(
    tokenizer: Any, problems: str, prompt: str, settings: dict[str, Any], fingerprint: str
) -> Callable[[Cell], tuple[Request, ...]]:
    """Render the prompts once; return what gives the requests of any cell of the sweep."""
    table = tables.read(problems, tables.PROBLEMS)
    rendered = prompts.render(
        tokenizer,
        prompts.template(prompt),
        table["statement"].to_list(),
        thinking=settings["thinking"],
    )
    prompt_ids = dict(zip(table["id"], rendered, strict=True))

    def of_cell(cell: Cell) -> tuple[Request, ...]:
        return cell_requests(
            model=fingerprint,
            prompts=prompt_ids,
            decoding=Decoding.parse(cell.decoding),
            seed=cell.seed,
            draws=settings["draws"],
        )

    return of_cell


def journal_digest(settings: dict[str, Any]) -> str:
    """Fingerprint what a journal's draws depend on beside their keys; a change starts it anew."""
    return provenance.digest(
        [
            settings["cap"],
            settings["engine"],
            code_of("ssdmath/sampling/transformers_engine.py"),
            provenance.versions("torch", "transformers"),
        ]
    )


def journal_path(samples: str) -> Path:
    """Return where a cell's finished draws are kept while (and after) it is sampled."""
    cell = Cell.of(samples)
    study = Path(samples).parents[4]
    return study / "journal" / cell.model / cell.split / cell.decoding / f"{cell.seed}.jsonl"


def label(outputs: Sequence[str]) -> str:
    """Name the sweep on the progress bar."""
    first = Cell.of(outputs[0])
    return f"{first.model} on {first.split}"


def as_table(samples: Sequence[Sample], tokenizer: Any, seed: int) -> pl.DataFrame:
    """Put the samples of a cell into the SAMPLES table, in their order."""
    return pl.DataFrame(
        {
            "problem": [sample.request.problem for sample in samples],
            "index": [sample.request.index for sample in samples],
            "seed": [seed] * len(samples),
            "prompt_ids": [list(sample.request.prompt_ids) for sample in samples],
            "token_ids": [list(sample.token_ids) for sample in samples],
            "text": [text(tokenizer, sample) for sample in samples],
            "finish": [sample.finish for sample in samples],
            "logprob": [sample.logprob for sample in samples],
        },
        schema=tables.SAMPLES,
    )


def text(tokenizer: Any, sample: Sample) -> str:
    """Decode one sample."""
    stopped = sample.finish == "stop"
    return prompts.completion_text(tokenizer, sample.token_ids, stopped=stopped)


if __name__ == "__main__":
    log.run_on_terminal(
        lambda terminal: main(
            problems=snakemake.input.problems,
            prompt=snakemake.input.prompt,
            model=str(snakemake.input.model),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            batch=snakemake.resources.batch,
            threads=snakemake.threads,
            outputs=list(snakemake.output),
            terminal=terminal,
        ),
        snakemake.log[0],
    )
