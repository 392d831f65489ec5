"""A value over a number, one line per condition: over k, a training step, the mechanism's axes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import altair as alt
import polars as pl

from ssdmath.report.figures.figure import (
    Figure,
    coloured,
    dashed,
    layered,
    percent,
    shaped,
    shares,
    source,
)

PANEL = 210


class Over(NamedTuple):
    """An axis: its title, its number format, and whether it is logarithmic."""

    title: str
    format: str = ".4~r"
    log: bool = False

    def scale(self) -> Any:
        """The scale of the axis; a linear one need not start at 0."""
        return alt.Scale(type="log") if self.log else alt.Scale(zero=False, nice=True)


def lines(frame: pl.DataFrame, names: Sequence[str], x: Over, y: Over) -> Figure:
    """One line per condition over `x`. `frame`: condition, x, value, and lo and hi for a band."""
    shown = [name for name in names if name in set(frame["condition"])]
    if "lo" not in frame.columns:
        nothing = pl.lit(None, dtype=pl.Float64)
        frame = frame.with_columns(lo=nothing, hi=nothing)
    frame = frame.select("condition", "x", "value", "lo", "hi").drop_nulls("value")
    across = alt.X("x:Q", title=x.title, scale=x.scale(), axis=_axis(x))
    up, low = (
        alt.Y(f"{name}:Q", title=y.title, scale=y.scale(), axis=_axis(y))
        for name in ("value", "lo")
    )
    colour, dash = coloured(names, shown), dashed(names, shown)
    band = source("band").mark_area(opacity=0.15).encode(x=across, y=low, y2="hi:Q", color=colour)
    tips = ["condition:N", alt.Tooltip("x:Q", title=x.title), *shares("value", y.title, y.format)]
    line = source().mark_line()
    line = line.encode(x=across, y=up, color=colour, strokeDash=dash, tooltip=tips)
    return layered([band, line], PANEL, figure=frame, band=frame.drop_nulls(["lo", "hi"]))


def bars(frame: pl.DataFrame, names: Sequence[str], x: str, y: Over) -> Figure:
    """Bars of each condition side by side. `frame`: condition, x (a name), value."""
    frame = frame.select("condition", "x", "value")
    order = frame["x"].unique(maintain_order=True).to_list()
    across = alt.X("x:N", title=x, sort=order, axis=alt.Axis(labelAngle=0))
    offset = alt.XOffset("condition:N", sort=list(names))
    up = alt.Y("value:Q", title=y.title, axis=_axis(y))
    tips = ["condition:N", "x:N", alt.Tooltip("value:Q", format=y.format)]
    bar = source().mark_bar()
    shown = [name for name in names if name in set(frame["condition"])]
    bar = bar.encode(x=across, xOffset=offset, y=up, color=coloured(names, shown), tooltip=tips)
    return Figure(bar.properties(width="container", height=PANEL), {"figure": frame})


def _axis(over: Over) -> Any:
    whole = {"tickMinStep": 1} if over.format == "d" else {}
    return alt.Axis(format=over.format, tickCount=5, labelOverlap=True, **whole)


def over_k(table: pl.DataFrame, title: str, names: Sequence[str]) -> Figure:
    """A rate against k, one line per condition. `table`: condition, k, value."""
    ks = table["k"].unique().sort().to_list()
    axis = alt.Axis(values=ks, format="d")
    x = alt.X("k:Q", title="k", axis=axis, scale=alt.Scale(type="log", base=2))
    line = source().mark_line(point={"size": 50, "filled": True})
    shown = set(table["condition"])
    colour, shape = coloured(names, shown), shaped(names, shown)
    tips = ["condition:N", "k:Q", alt.Tooltip("value", type="quantitative", format=".1%")]
    line = line.encode(x=x, y=percent("value", title), color=colour, shape=shape, tooltip=tips)
    return Figure(line.properties(width="container", height=PANEL), {"figure": table})


def training(log: pl.DataFrame, column: str, title: str, names: Sequence[str]) -> Figure:
    """A quantity of the training log against the optimizer step, one line per run."""
    frame = log.select("run", "condition", "step", column).drop_nulls()
    scale = alt.Scale(zero=False)
    y = alt.Y(f"{column}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5))
    x = alt.X("step:Q", title="optimizer step", axis=alt.Axis(tickCount=6))
    shown = set(frame["condition"])
    colour, dash = coloured(names, shown), dashed(names, shown)
    line = source().mark_line(strokeWidth=1.4, opacity=0.9)
    tips = ["run:N", "step:Q"]
    line = line.encode(x=x, y=y, color=colour, strokeDash=dash, detail="run:N", tooltip=tips)
    return Figure(line.properties(width="container", height=PANEL), {"figure": frame})
