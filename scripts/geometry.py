"""Compare the distributions of base and trained models on the same contexts, token by token."""

from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.config.names import Model
from ssdmath.jobs import entry
from ssdmath.jobs.gpus import asked, claim
from ssdmath.mechanism.schemas import CONTEXTS, GEOMETRY, POSITIONS, TARGET
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
    rounds: list[str],
    code: str,
    threads: int,
    gpus: int,
    tiles_mb: int,
    table: str,
    positions: str,
    target: str,
) -> None:
    """Load base, then each other model once; write the three tables. `records`: base first.

    A released checkpoint with other tokens than base is left out: no context is text to both.
    `rounds` are arms whose samples a trained model wrote: base does not make their target.
    """
    claim(gpus)
    import torch  # seconds, and so do these

    from ssdmath.mechanism import geometry, ssd_target
    from ssdmath.mechanism.comparison import Comparison
    from ssdmath.mechanism.tokenizer import ModelTokenizer, check_same

    torch.set_num_threads(threads)
    rows = parquet.read(contexts, CONTEXTS)
    records = [path for path in records if weights.shares_tokens(path)]
    folders = [weights.read_record(path)[0] for path in records]
    tokenizer = ModelTokenizer(folders[0])
    check_same(tokenizer, str(parquet.provenance(contexts).get("vocabulary")), contexts)
    config = MechanismConfig.model_validate(settings)
    comparison = Comparison(rows, folders[0], tokenizer, config, memory=tiles_mb * 1e6)
    comparison.measure_base()
    for record, folder in zip(records[1:], folders[1:], strict=True):
        model = weights.name_of(record)
        comparison.measure(model, folder, of_base=Model.parse(model).arm not in rounds)
    sampled = rows.filter(pl.col("source") == "sampled")
    bootstrap = {"seed": config.seed, "resamples": config.resamples}
    sums, terms = (
        {model: of_model.first(sampled.height) for model, of_model in by_model.items()}
        for by_model in (comparison.sums, comparison.terms)
    )
    provenance = metadata.of(settings=settings, code=code)
    panels = geometry.table(sampled, comparison.geometry.columns, sums, **bootstrap)
    parquet.write(panels, table, GEOMETRY, provenance)
    parquet.write(ssd_target.table(sampled, terms, **bootstrap), target, TARGET, provenance)
    parquet.write(comparison.positions(), positions, POSITIONS, provenance)


if __name__ == "__main__":
    entry.run_with_models(
        main,
        snakemake,
        threads=snakemake.threads,
        gpus=asked(snakemake.resources),
        tiles_mb=snakemake.resources.tiles_mb,
    )
