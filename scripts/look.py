"""Read the primary contrast on the first problems of the test split: the study goes on or stops."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.contrasts import ledger, looks
from ssdmath.contrasts.inputs import CellInputs
from ssdmath.contrasts.looks import LookSettings
from ssdmath.jobs import log
from ssdmath.provenance import metadata
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.tables import looks as taken

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


def main(study: CellInputs, settings: dict[str, Any], code: str, problems: str) -> dict[str, Any]:
    """Write the look's problems, of which all tables are made if the study stops; give its row."""
    rules = LookSettings.model_validate(settings)
    of_look = looks.first(study.problems, rules.sizes[rules.look])
    row = looks.look(study.draws, of_look, study.arms, rules)
    record = metadata.of(settings=settings, code=code)
    parquet.write(of_look.filter(pl.col("split") == "test"), problems, schemas.PROBLEMS, record)
    return row


def recorded(job: Any) -> None:
    """Make the look of a job, and enter it in the ledger before anybody can read it."""
    output, params = Path(job.output.result), job.params
    row = main(CellInputs.read(job.input), params.settings, params.code, job.output.problems)
    ledger.record_cells(
        output.parents[2],
        list(job.input.tested),
        chosen=job.input.chosen,
        config=params.config,
        declared=taken.name(row),
    )
    atomic.write_json(row, output)


if __name__ == "__main__":
    log.run(lambda: recorded(snakemake), snakemake)
