"""Sample a sweep of one model: all its decodings with one model load and one shared batch."""

import sys
from typing import TYPE_CHECKING, Any, TextIO

from ssdmath.config.names import Cell
from ssdmath.jobs import entry, gpus
from ssdmath.jobs.progress_bar import DrawProgress
from ssdmath.jobs.throughput import Throughput
from ssdmath.models import weights
from ssdmath.provenance import metadata
from ssdmath.sampling import backends, job
from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import Engine
from ssdmath.sampling.schedule import shortest_last
from ssdmath.sampling.settings import SweepSettings
from ssdmath.sampling.sweep import CellPlan, sample_sweep
from ssdmath.tables import parquet, races, schemas

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    problems: str,
    prompt: str,
    model: str,
    raced: list[str],
    settings: dict[str, Any],
    code: str,
    grant: backends.Grant,
    outputs: list[str],
    terminal: TextIO,
) -> None:
    """Draw what the cells' journals lack, and write each cell as soon as it is complete.

    A cell that one of the races (`raced`) before this rung dropped is written without a row.
    """
    gpus.claim(grant.gpus)
    from transformers import AutoTokenizer  # takes seconds, after the checks that may fail

    sweep = SweepSettings.model_validate(settings)
    folder, fingerprint = weights.read_record(model)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    requests_of = job.requests(tokenizer, problems, prompt, sweep, fingerprint)
    cells, study = [Cell.of(path) for path in outputs], job.study_folder(outputs[0])
    first = cells[0]
    staying = races.staying(raced, first.model) if raced else {cell.decoding for cell in cells}
    plans = {
        path: CellPlan(
            requests_of(cell) if cell.decoding in staying else (),
            Journal(job.journal_path(path), backends.digest(sweep, cell.decoding)),
        )
        for path, cell in zip(outputs, cells, strict=True)
    }
    lengths = [len(request.prompt_ids) for plan in plans.values() for request in plan.requests]
    longest = max(lengths, default=0)  # no request is left where a race dropped every cell

    def engine() -> Engine:
        return backends.make(sweep, folder, prompt=longest, grant=grant)

    clock = Throughput(grant.batch)
    label, streams = f"{first.model} on {first.split}", (terminal, sys.stderr)
    with DrawProgress(label, cap=sweep.most_tokens, streams=streams) as bar:

        def on_progress(done: int, total: int, tokens: int) -> None:
            bar(done, total, tokens)
            clock(done, total, tokens)

        for path, samples in sample_sweep(
            clock.loading(engine),
            plans,
            max_tokens=sweep.cap,
            order=shortest_last(study / "samples", first.split, grant.batch),
            on_progress=on_progress,
        ):
            cell = Cell.of(path)
            provenance = metadata.of(
                settings=settings | cell._asdict(),
                code=code,
                model=fingerprint,
                engine=backends.versions(sweep),
                **job.chains(samples),
            )
            table = job.as_table(samples, tokenizer, cell.seed)
            parquet.write(table, path, schemas.SAMPLES, provenance)
    clock.record(
        study / "benchmarks" / "throughput.jsonl",
        model=first.model,
        split=first.split,
        engine=sweep.engine,
        decodings=[Cell.of(path).decoding for path in outputs],
    )


if __name__ == "__main__":
    entry.run_with_models(
        main,
        snakemake,
        model=str(snakemake.input.model),
        grant=backends.Grant.of(snakemake.resources, snakemake.threads),
        outputs=list(snakemake.output),
    )
