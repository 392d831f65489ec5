"""How the mechanism's sections state a change: a difference with its interval, and its sign."""

import polars as pl

from ssdmath.config.names import DECODED
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Row
from ssdmath.report.results import Results


def conditions(results: Results) -> dict[str, str]:
    """The condition of each model, as in every legend; base's own, not of its own decodings."""
    cells = results.cells.filter(~pl.col("arm").is_in(DECODED))
    return dict(cells.select("model", "condition").unique().iter_rows())


def legend(results: Results, table: pl.DataFrame) -> list[str]:
    """Every condition of the study, then those that only the table has: one order of colours."""
    return [*results.conditions, *sorted(set(table["condition"]) - set(results.conditions))]


def named(results: Results, table: pl.DataFrame) -> pl.DataFrame:
    """The table with the condition of each row's model."""
    names, model = conditions(results), pl.col("model")
    name = model.replace_strict(names, default=model, return_dtype=pl.String)
    return table.with_columns(condition=name)


def by(table: pl.DataFrame, column: str) -> dict[str, Row]:
    """The rows of a table by the value of one column."""
    return {row[column]: row for row in table.to_dicts()}


def change(row: Row, digits: int = 3, scale: float = 1.0) -> str:
    """A difference and its interval, `+0.14 [0.13, 0.15]`."""
    delta = fmt.decimal(row["delta"], digits, scale, plus=True)
    if row["delta_lo"] is None or row["delta_hi"] is None:
        return delta
    lo, hi = (fmt.decimal(row[name], digits, scale) for name in ("delta_lo", "delta_hi"))
    return f"{delta} [{lo}, {hi}]"


def direction(row: Row) -> str:
    """What the interval of a difference shows: up, down, or neither."""
    lo, hi = row["delta_lo"], row["delta_hi"]
    if lo is None or hi is None or lo <= 0 <= hi:
        return "not distinguishable from 0"
    return "up" if lo > 0 else "down"
