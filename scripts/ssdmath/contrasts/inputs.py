"""What every rule that compares cells is given, and how each writes its table."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

import polars as pl

from ssdmath.jobs import log
from ssdmath.provenance import metadata
from ssdmath.tables import chosen, draws, parquet


class CellInputs(NamedTuple):
    """All draws of the study, its evaluation problems, and the choice of each arm."""

    draws: pl.DataFrame
    problems: pl.DataFrame
    arms: dict[str, Any]

    @classmethod
    def read(cls, inputs: Any) -> Self:
        """Read a job's inputs: verdicts, tested, problems, chosen."""
        return cls(
            draws.gather([*inputs.verdicts, *inputs.tested]),
            draws.problems(inputs.problems),
            chosen.read(inputs.chosen),
        )


def run(main: Callable[..., pl.DataFrame], job: Any, schema: pl.Schema, *lists: str) -> None:
    """Run the script of a rule that compares cells: read, compare with `main`, write its table.

    `main` takes the cells, the files of each of the inputs named in `lists`, and the settings.
    """

    def compare() -> None:
        files = [list(job.input.get(name)) for name in lists]
        write(main(CellInputs.read(job.input), *files, job.params.settings), job, schema)

    log.run(compare, job)


def write(table: pl.DataFrame, job: Any, schema: pl.Schema) -> None:
    """Write a job's table for programs and for spreadsheets, with its provenance."""
    record = metadata.of(settings=job.params.settings, code=job.params.code)
    parquet.write(table, job.output.table, schema, record)
    parquet.write_csv(table, job.output.csv)
