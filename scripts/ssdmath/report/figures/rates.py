"""Differences over the learning rate: what a verdict would have been at another rate."""

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, key, layered, signed_tips, source
from ssdmath.report.figures.lines import PANEL


def rates(rows: pl.DataFrame) -> Figure:
    """Differences in points with 95 % intervals over a logarithmic axis of learning rates.

    `rows`: arm, rate, trains (all weights, or which adapters: one colour each), delta, lo, hi.
    """
    frame = rows.select("arm", "rate", "trains", pl.col("delta", "lo", "hi") * 100)
    trains = frame["trains"].unique(maintain_order=True).to_list()
    scale = alt.Scale(type="log", nice=False, padding=24)
    axis = alt.Axis(values=frame["rate"].unique().sort().to_list(), format="~g", grid=False)
    x = alt.X("rate:Q", title="learning rate", scale=scale, axis=axis)
    title, plain = "difference to base, points", alt.Axis()
    y, low = (alt.Y(f"{name}:Q", title=title, axis=plain) for name in ("delta", "lo"))
    colours = alt.Scale(domain=trains, range=list(theme.SERIES[: len(trains)]))
    colour = alt.Color("trains:N", scale=colours, legend=key(trains))
    tips = ["arm:N", "trains:N", alt.Tooltip("rate:Q", format="~g"), *signed_tips()]
    line = source().mark_line(strokeWidth=1.4).encode(x=x, y=y, color=colour)
    bar = source().mark_rule(strokeWidth=3, opacity=0.55)
    bar = bar.encode(x=x, y=low, y2="hi:Q", color=colour, tooltip=tips)
    dot = source().mark_point(filled=True, size=90, opacity=1)
    dot = dot.encode(x=x, y=y, color=colour, tooltip=tips)
    return layered([line, bar, dot], PANEL, "y", figure=frame)
