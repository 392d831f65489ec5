"""Reading and writing parquet tables: checked against a schema, atomic, with provenance.

A file that is truncated or has other columns is an error that names it.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import polars.selectors as cs

from ssdmath.tables.atomic import atomic

GROUP_ROWS = 1024  # rows that a reader must hold at once; a trace may have 48k tokens


class TableError(ValueError):
    """A file that is not the table it should be; the message is one line naming the file."""


def write(
    frame: pl.DataFrame, path: str | Path, schema: pl.Schema, provenance: Mapping[str, object]
) -> None:
    """Write `frame` (exactly the columns of `schema`) with its provenance, atomically."""
    checked = _conform(frame.cast(_numbers(frame, schema)), schema, Path(path))
    metadata = {"ssdmath": json.dumps(provenance, sort_keys=True)}
    with atomic(path) as part:
        checked.write_parquet(part, metadata=metadata, row_group_size=GROUP_ROWS)


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
        failure = f"not a readable parquet table ({reason}); delete it to make it again"
        raise TableError(f"{path}: {failure}") from None
    return _conform(frame, schema, Path(path))


def rows(path: str | Path) -> int:
    """The number of rows of a table; reads no column."""
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


def provenance(path: str | Path) -> dict[str, object]:
    """Read the provenance stored in a parquet table; empty for a file of other origin."""
    stored = pl.read_parquet_metadata(path).get("ssdmath")
    return dict(json.loads(stored)) if stored else {}


def _numbers(frame: pl.DataFrame, schema: pl.Schema) -> pl.Schema:
    """The columns of Int64 that may be converted to the schema's width."""
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
        problems = "; ".join(
            [f"missing {missing}"] * bool(missing) + [f"unknown {extra}"] * bool(extra) + wrong
        )
        raise TableError(f"{path}: not the table it should be: {problems}")
    return frame.select(schema.names()).cast(schema)
