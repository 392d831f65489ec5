"""The draws of many cells in one long table: verdicts, and columns that name their cell."""

from collections.abc import Sequence

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.tables import parquet, schemas

TYPES = {"train_seed": pl.Int64(), "step": pl.Int64()}  # null for base, so stated here


def gather(verdicts: Sequence[str]) -> pl.DataFrame:
    """Read the verdicts of cells: one row per draw, the cell's columns first."""
    return pl.concat([_cell(path) for path in verdicts])


def not_empty(paths: Sequence[str]) -> list[str]:
    """The cells that hold draws: those that a race dropped are empty tables in the last rung."""
    return [path for path in paths if parquet.rows(path)]


def problems(paths: Sequence[str]) -> pl.DataFrame:
    """Read the problems of several splits as one table."""
    return pl.concat([parquet.read(path, schemas.PROBLEMS) for path in paths])


def _cell(path: str) -> pl.DataFrame:
    columns = Cell.of(path).columns()
    named = [
        pl.lit(value, dtype=TYPES.get(name, pl.String())).alias(name)
        for name, value in columns.items()
    ]
    return parquet.read(path, schemas.VERDICTS).select(*named, pl.all())
