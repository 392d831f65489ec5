"""How the mechanism's sections say what changed: a difference with its interval, and its sign."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Value, number
from ssdmath.report.inputs import Material

Row = Mapping[str, Any]


def conditions(material: Material) -> dict[str, str]:
    """The condition of each model, as in every legend."""
    return dict(material.cells.select("model", "condition").unique().iter_rows())


def legend(material: Material, table: pl.DataFrame) -> list[str]:
    """The conditions of a table's models, in the order of all legends."""
    names = conditions(material)
    held = {names.get(model, model) for model in table["model"].unique()}
    return [name for name in material.conditions if name in held] + sorted(
        held - set(material.conditions)
    )


def named(material: Material, table: pl.DataFrame) -> pl.DataFrame:
    """The table with its models' conditions."""
    names = conditions(material)
    name = pl.col("model").replace_strict(names, default=pl.col("model"), return_dtype=pl.String)
    return table.with_columns(condition=name)


def plain(value: float | None, digits: int = 3, scale: float = 1.0) -> str:
    """A number with a real minus sign; a dash where there is none."""
    return fmt.decimal(value, digits, scale)


def signed(value: float | None, digits: int = 3, scale: float = 1.0) -> str:
    """A difference with its sign."""
    return fmt.decimal(value, digits, scale, plus=True)


def change(row: Row, digits: int = 3, scale: float = 1.0) -> str:
    """A difference and its interval, `+0.14 [0.13, 0.15]`."""
    said = signed(row["delta"], digits, scale)
    if row["delta_lo"] is None or row["delta_hi"] is None:
        return said
    ends = [plain(row[name], digits, scale) for name in ("delta_lo", "delta_hi")]
    return f"{said} [{ends[0]}, {ends[1]}]"


def cell(row: Row | None, digits: int = 3, scale: float = 1.0) -> Value:
    """A difference as a table cell, sorted by its value."""
    if row is None or row["delta"] is None:
        return number(None, "")
    return number(row["delta"], change(row, digits, scale))


def direction(row: Row) -> str:
    """What the interval of a difference says: up, down, or not told apart from 0."""
    lo, hi = row["delta_lo"], row["delta_hi"]
    if lo is None or hi is None or lo <= 0 <= hi:
        return "not told apart from 0"
    return "up" if lo > 0 else "down"
