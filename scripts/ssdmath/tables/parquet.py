"""Read and write parquet tables against a schema, atomically and with their provenance.

A foreign or truncated file is an error that names it; it is never read as data.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import polars.selectors as cs

from ssdmath.tables.atomic import atomic

ROWS_A_GROUP = 1024  # what a reader in slices holds at once; traces may be 48k tokens long


class TableError(ValueError):
    """A table that is not what its name promises; the message is one line naming the file."""


def write(
    frame: pl.DataFrame, path: str | Path, schema: pl.Schema, provenance: Mapping[str, object]
) -> None:
    """Write `frame` (exactly the columns of `schema`) with its provenance, atomically."""
    checked = _conform(frame.cast(_numbers(frame, schema)), schema, Path(path))
    metadata = {"ssdmath": json.dumps(provenance, sort_keys=True)}
    with atomic(path) as part:
        checked.write_parquet(part, metadata=metadata, row_group_size=ROWS_A_GROUP)


def write_csv(frame: pl.DataFrame, path: str | Path) -> None:
    """Write a table once more for spreadsheets, atomically; no text of it runs as a formula."""
    with atomic(path) as part:
        frame.with_columns(cs.string().map_batches(_no_formula)).write_csv(part)


def _no_formula(texts: pl.Series) -> pl.Series:
    """Put an apostrophe before what a spreadsheet would run (OWASP, "CSV Injection")."""
    return texts.str.replace(r"^([=+\-@\t\r\n])", "'${1}")


def read(path: str | Path, schema: pl.Schema) -> pl.DataFrame:
    """Read a parquet of `schema`; TableError names a truncated or foreign file."""
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        found = f"not a readable parquet table ({reason}); delete it to make it anew"
        raise TableError(f"{path}: {found}") from None
    return _conform(frame, schema, Path(path))


def provenance(path: str | Path) -> dict[str, object]:
    """What the writer of a parquet table put on record; empty for a foreign file."""
    found = pl.read_parquet_metadata(path).get("ssdmath")
    return dict(json.loads(found)) if found else {}


def _numbers(frame: pl.DataFrame, schema: pl.Schema) -> pl.Schema:
    """Pick the columns whose integers may be written in the schema's width (Int64 as Int32)."""
    wide = (pl.Int64(), pl.List(pl.Int64))
    named = [name for name, kind in frame.schema.items() if kind in wide and name in schema]
    return pl.Schema({name: schema[name] for name in named})


def _conform(frame: pl.DataFrame, schema: pl.Schema, path: Path) -> pl.DataFrame:
    missing = [name for name in schema if name not in frame.columns]
    extra = [name for name in frame.columns if name not in schema]
    wrong = [
        f"{name} is {frame.schema[name]}, not {kind}"
        for name, kind in schema.items()
        if name in frame.columns and frame.schema[name] not in (kind, pl.Null)
    ]
    if missing or extra or wrong:
        found = "; ".join(
            [f"missing {missing}"] * bool(missing) + [f"unknown {extra}"] * bool(extra) + wrong
        )
        raise TableError(f"{path}: not the table it should be: {found}")
    return frame.select(schema.names()).cast(schema)
