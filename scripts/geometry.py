"""Compare the distributions of base and trained models on the same contexts, token by token."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import torch

from ssdmath.jobs import log
from ssdmath.mechanism import geometry, ssd_target
from ssdmath.mechanism.comparison import Comparison
from ssdmath.mechanism.schemas import CONTEXTS, GEOMETRY, POSITIONS, TARGET
from ssdmath.mechanism.tokenizer import Vocabulary, check_same
from ssdmath.models import weights
from ssdmath.provenance import metadata
from ssdmath.tables import parquet

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    contexts: str,
    records: list[str],
    settings: dict[str, Any],
    code: str,
    threads: int,
    table: str,
    positions: str,
    goal: str,
) -> None:
    """Load base, then each trained model once; write what was seen. `records`: base first."""
    torch.set_num_threads(threads)
    rows = parquet.read(contexts, CONTEXTS)
    folders = [weights.read_record(path)[0] for path in records]
    vocabulary = Vocabulary(folders[0])
    check_same(vocabulary, str(parquet.provenance(contexts).get("vocabulary")), contexts)
    seen = Comparison(rows, folders[0], vocabulary, settings)
    seen.see_base()
    for record, folder in zip(records[1:], folders[1:], strict=True):
        seen.see(Path(record).parent.name, folder)
    sampled = rows.filter(pl.col("source") == "sampled")
    how = {"seed": settings["seed"], "resamples": settings["resamples"]}
    sums, terms = (
        {name: one.of(sampled.height) for name, one in held.items()}
        for held in (seen.sums, seen.terms)
    )
    made = metadata.of(settings=settings, code=code)
    found = geometry.table(sampled, seen.panels.columns, sums, **how)
    parquet.write(found, table, GEOMETRY, made)
    parquet.write(ssd_target.table(sampled, terms, **how), goal, TARGET, made)
    parquet.write(seen.positions(), positions, POSITIONS, made)


if __name__ == "__main__":
    log.run(
        lambda: main(
            contexts=snakemake.input.contexts,
            records=list(snakemake.input.records),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            threads=snakemake.threads,
            table=snakemake.output.table,
            positions=snakemake.output.positions,
            goal=snakemake.output.target,
        ),
        snakemake,
    )
