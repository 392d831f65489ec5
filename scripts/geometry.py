"""Compare the distributions of base and trained models on the same contexts, token by token."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import torch

from ssdmath import log, provenance, tables, weights
from ssdmath.mechanism import geometry, target
from ssdmath.mechanism.compare import Comparison
from ssdmath.mechanism.schemas import CARRIERS, GEOMETRY, POSITIONS, TARGET
from ssdmath.mechanism.vocabulary import Vocabulary, check_same

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(
    *,
    carriers: str,
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
    rows = tables.read(carriers, CARRIERS)
    folders = [weights.read_record(path)[0] for path in records]
    vocabulary = Vocabulary(folders[0])
    check_same(vocabulary, str(tables.provenance(carriers).get("vocabulary")), carriers)
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
    made = provenance.of(settings=settings, code=code)
    found = geometry.table(sampled, seen.panels.columns, sums, **how)
    tables.write(found, table, GEOMETRY, made)
    tables.write(target.table(sampled, terms, **how), goal, TARGET, made)
    tables.write(seen.positions(), positions, POSITIONS, made)


if __name__ == "__main__":
    log.run(
        lambda: main(
            carriers=snakemake.input.carriers,
            records=list(snakemake.input.records),
            settings=snakemake.params.settings,
            code=snakemake.params.code,
            threads=snakemake.threads,
            table=snakemake.output.table,
            positions=snakemake.output.positions,
            goal=snakemake.output.target,
        ),
        snakemake.log[0],
    )
