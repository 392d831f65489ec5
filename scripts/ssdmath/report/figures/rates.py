"""Differences over the learning rate: what a verdict would have been at another rate."""

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, key, source
from ssdmath.report.figures.lines import PANEL


def rates(rows: pl.DataFrame) -> Figure:
    """Differences in points with 95 % intervals over a logarithmic axis of learning rates.

    `rows`: arm, rate, trains (all weights, or which adapters: one colour each), delta, lo, hi.
    """
    points = [(100 * pl.col(name)).alias(name) for name in ("delta", "lo", "hi")]
    frame = rows.select("arm", "rate", "trains", *points)
    trains = frame["trains"].unique(maintain_order=True).to_list()
    scale = alt.Scale(type="log", nice=False, padding=24)
    axis = alt.Axis(values=frame["rate"].unique().sort().to_list(), format="~g", grid=False)
    x = alt.X("rate", type="quantitative", title="learning rate", scale=scale, axis=axis)
    y, low = (
        alt.Y(name, type="quantitative", title="difference to base, points", axis=alt.Axis())
        for name in ("delta", "lo")
    )
    colours = alt.Scale(domain=trains, range=list(theme.SERIES[: len(trains)]))
    colour = alt.Color("trains", type="nominal", scale=colours, legend=key(trains))
    tips = ["arm:N", "trains:N", alt.Tooltip("rate:Q", format="~g")]
    tips += [alt.Tooltip(c, type="quantitative", format="+.1f") for c in ("delta", "lo", "hi")]
    zero = source("zero").mark_rule(strokeDash=[3, 3]).encode(y=alt.Y("zero", type="quantitative"))
    line = source().mark_line(strokeWidth=1.4).encode(x=x, y=y, color=colour)
    bar = source().mark_rule(strokeWidth=3, opacity=0.55)
    bar = bar.encode(x=x, y=low, y2="hi:Q", color=colour, tooltip=tips)
    dot = source().mark_point(filled=True, size=90, opacity=1)
    dot = dot.encode(x=x, y=y, color=colour, tooltip=tips)
    chart = alt.layer(zero, line, bar, dot).properties(width="container", height=PANEL)
    return Figure(chart, {"figure": frame, "zero": pl.DataFrame({"zero": [0.0]})})
