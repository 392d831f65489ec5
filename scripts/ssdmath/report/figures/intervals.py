"""Figures of intervals, shares and grids."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import (
    Figure,
    coloured,
    key,
    layered,
    shaped,
    shares,
    signed_tips,
    source,
)

ROW = 30
TILES = 6  # in a row of a heat map that a decimal fits into


def differences(rows: pl.DataFrame) -> Figure:
    """Differences in points with 95 % intervals. `rows`: contrast, delta, lo, hi."""
    beside = [c for c in ("p", "verdict") if c in rows.columns]
    frame = rows.select("contrast", pl.col("delta", "lo", "hi") * 100, *beside)
    y = alt.Y("contrast:N", title=None, sort=frame["contrast"].to_list(), axis=_names())
    title, axis = "difference, points (95 % interval)", alt.Axis(tickCount=7)
    low, mid = (alt.X(f"{name}:Q", title=title, axis=axis) for name in ("lo", "delta"))
    tips = ["contrast:N", *signed_tips()]
    bar = source().mark_rule(strokeWidth=3, color=theme.SERIES[0], opacity=0.55)
    bar = bar.encode(y=y, x=low, x2="hi:Q", tooltip=tips)
    dot = source().mark_point(filled=True, size=90, color=theme.SERIES[0], opacity=1)
    dot = dot.encode(y=y, x=mid, tooltip=tips)
    return layered([bar, dot], ROW * frame.height, "x", figure=frame)


def single(row: pl.DataFrame, a: str, b: str) -> Figure:
    """One difference, drawn large. `row`: contrast, delta, lo, hi of a minus b."""
    frame = row.select("contrast", pl.col("delta", "lo", "hi") * 100)
    title, axis = f"\u2190 {b} ahead · points · {a} ahead \u2192", alt.Axis(tickCount=7)
    low, mid = (alt.X(f"{name}:Q", title=title, axis=axis) for name in ("lo", "delta"))
    tips = signed_tips()
    bar = source().mark_rule(strokeWidth=7, color=theme.SERIES[0], opacity=0.5)
    dot = source().mark_point(filled=True, size=260, color=theme.SERIES[0], opacity=1)
    marks = [bar.encode(x=low, x2="hi:Q", tooltip=tips), dot.encode(x=mid, tooltip=tips)]
    return layered(marks, ROW, "x", figure=frame)


def _names() -> Any:
    return alt.Axis(grid=False, labelPadding=8)


def rates(rows: pl.DataFrame, names: Sequence[str]) -> Figure:
    """Accuracies with intervals, one row per cell. `rows`: label, condition, accuracy, lo, hi."""
    order = rows["label"].to_list()
    y = alt.Y("label:N", title=None, sort=order, axis=_names())
    low, mid = _accuracy_axis(alt.Scale(zero=False))
    tips = ["label:N", "condition:N", *shares()]
    colour = coloured(names, legend=False)
    bar = source().mark_rule(strokeWidth=3, opacity=0.5)
    bar = bar.encode(y=y, x=low, x2="hi:Q", color=colour)
    dot = source().mark_point(filled=True, size=80, opacity=1)
    dot = dot.encode(y=y, x=mid, color=colour, tooltip=tips)
    frame = rows.select("label", "condition", *_RATE)
    return layered([bar, dot], 24 * rows.height, figure=frame)


_RATE = ("accuracy", "lo", "hi")


def _accuracy_axis(scale: Any) -> list[Any]:
    """The x channels of an interval's lower end and of the accuracy in it."""
    axis = alt.Axis(format=".0%", tickCount=5, grid=True)
    title = "accuracy (95 % interval)"
    return [alt.X(f"{c}:Q", title=title, scale=scale, axis=axis) for c in ("lo", "accuracy")]


def heat(rows: pl.DataFrame, domain: tuple[float, float]) -> Figure:
    """Accuracy over T_eval (columns) and T_train (rows, `base` on top). `rows`: one truncation."""
    frame = rows.select("train", "t_eval", "accuracy", "lo", "hi", "runs")
    order = frame["train"].unique(maintain_order=True).to_list()
    x = alt.X("t_eval:O", title="T_eval", axis=alt.Axis(labelAngle=0, format="~g"))
    y = alt.Y("train:N", title="T_train", sort=order, axis=_names())
    ramp = alt.Scale(domain=list(domain), range=list(theme.RAMP))
    colour = alt.Color("accuracy:Q", scale=ramp, legend=None)
    middle = (domain[0] + domain[1]) / 2
    ink = alt.condition(f"datum.accuracy > {middle!r}", alt.value("#ffffff"), alt.value("#1d2126"))
    tips = ["train:N", "t_eval:O", *shares(), "runs:Q"]
    tile = source().mark_rect(cornerRadius=2).encode(x=x, y=y, color=colour, tooltip=tips)
    room = ".1%" if frame["t_eval"].n_unique() <= TILES else ".0%"
    text = source().mark_text(fontSize=11)
    text = text.encode(x=x, y=y, text=alt.Text("accuracy:Q", format=room), color=ink)
    return layered([tile, text], 34 * len(order), figure=frame)


def statuses(rows: pl.DataFrame) -> Figure:
    """How the draws of each cell end, in shares that sum to 1. `rows`: label, status, share."""
    shown = [status for status in theme.STATUS if status in set(rows["status"])]
    scale = alt.Scale(domain=shown, range=[theme.STATUS[status] for status in shown])
    order = rows["label"].unique(maintain_order=True).to_list()
    legend = key(shown, order, symbolType="square")
    colour = alt.Color("status:N", scale=scale, legend=legend)
    y = alt.Y("label:N", title=None, sort=order, axis=_names())
    axis, whole = alt.Axis(format=".0%", tickCount=5), alt.Scale(domain=[0, 1])
    x = alt.X("share:Q", title="share of all draws", stack="zero", axis=axis, scale=whole)
    place = {status: i for i, status in enumerate(shown)}
    frame = rows.with_columns(place=pl.col("status").replace_strict(place, return_dtype=pl.Int64))
    tips = ["label:N", "status:N", alt.Tooltip("share:Q", format=".1%")]
    bar = source().mark_bar(height={"band": 0.78})
    bar = bar.encode(y=y, x=x, color=colour, order=alt.Order("place:Q"), tooltip=tips)
    return Figure(bar.properties(width="container", height=20 * len(order)), {"figure": frame})


def strata(rows: pl.DataFrame, names: Sequence[str]) -> Figure:
    """Accuracy by stratum with intervals, one line per condition. `rows`: pooled cells."""
    frame = rows.select("stratum", "condition", *_RATE)
    order = frame["stratum"].unique(maintain_order=True).to_list()
    y = alt.Y("stratum:N", title=None, sort=order, axis=_names())
    offset = alt.YOffset("condition:N", sort=list(names))
    low, mid = _accuracy_axis(alt.Scale(domain=[0, 1]))
    shown = set(frame["condition"])
    colour, shape = coloured(names, shown), shaped(names, shown)
    tips = ["stratum:N", "condition:N", *shares()]
    bar = source().mark_rule(strokeWidth=3, opacity=0.5)
    bar = bar.encode(y=y, yOffset=offset, x=low, x2="hi:Q", color=colour)
    dot = source().mark_point(filled=True, size=60, opacity=1)
    dot = dot.encode(y=y, yOffset=offset, x=mid, color=colour, shape=shape, tooltip=tips)
    height = 12 * len(order) * (1 + frame["condition"].n_unique())
    return layered([bar, dot], height, figure=frame)
