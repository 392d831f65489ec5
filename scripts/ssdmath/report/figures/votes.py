"""Accuracy against the tokens that draws take, one line per condition, a point per k."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from ssdmath.report.figures.figure import Figure, coloured, layered, percent, shaped, shares, source
from ssdmath.report.figures.lines import PANEL

BEST, DEFAULT = "best decoding", "default decoding"


def over_tokens(table: pl.DataFrame, title: str, names: Sequence[str]) -> Figure:
    """`table`: condition, at (BEST or DEFAULT), k, tokens, value, lo, hi; shares of 1."""
    table = table.select("condition", "at", "k", "tokens", "value", "lo", "hi")
    axis = alt.Axis(format=",~r", tickCount=6, labelOverlap=True)
    x = alt.X("tokens:Q", title="tokens per problem", axis=axis)
    shown = set(table["condition"])
    colour, shape = coloured(names, shown), shaped(names, shown)
    # Without a legend of its own, which does not fit under half a page; the text explains it.
    dashes = alt.Scale(domain=[BEST, DEFAULT], range=[[1, 0], [5, 3]])
    dash = alt.StrokeDash("at:N", scale=dashes, legend=None)
    tips = ["condition:N", "at:N", alt.Tooltip("k:Q", title="draws per problem")]
    tips += [alt.Tooltip("tokens:Q", format=",.1f"), *shares("value", title)]
    bar = source().mark_rule(strokeWidth=1.5, opacity=0.4)
    bar = bar.encode(x=x, y=percent("lo", title), y2="hi:Q", color=colour)
    line = source().mark_line(point={"size": 45, "filled": True})
    line = line.encode(x=x, y=percent("value", title), color=colour, shape=shape, strokeDash=dash)
    return layered([bar, line.encode(tooltip=tips)], PANEL, figure=table)
