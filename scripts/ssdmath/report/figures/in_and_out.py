"""Change inside the domain against change outside of it, a point per arm."""

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, source

HEIGHT = 240
_ENDS = ("delta", "lo", "hi", "inside_delta", "inside_lo", "inside_hi")


def change(rows: pl.DataFrame) -> Figure:
    """Differences to base in points with 95 % intervals.

    `rows`: arm, delta, lo, hi on the outside problems, and the same with `inside_` on test.
    """
    frame = rows.select("arm", *[(100 * pl.col(name)).alias(name) for name in _ENDS])
    titles = ("change on test, points (95 %)", "change outside, points (95 %)")
    axis, scale = alt.Axis(tickCount=6), alt.Scale(zero=True, nice=True)
    x, left = (
        alt.X(name, type="quantitative", title=titles[0], axis=axis, scale=scale)
        for name in ("inside_delta", "inside_lo")
    )
    y, low = (
        alt.Y(name, type="quantitative", title=titles[1], axis=axis, scale=scale)
        for name in ("delta", "lo")
    )
    tips = ["arm:N", *[alt.Tooltip(c, type="quantitative", format="+.1f") for c in _ENDS]]
    bar = source().mark_rule(strokeWidth=3, color=theme.SERIES[0], opacity=0.5)
    dot = source().mark_point(filled=True, size=90, color=theme.SERIES[0], opacity=1)
    name = source().mark_text(align="left", dx=8, dy=-8, fontSize=12)
    zero = source("zero").mark_rule(strokeDash=[3, 3])
    marks = [
        zero.encode(x=alt.X("zero", type="quantitative")),
        zero.encode(y=alt.Y("zero", type="quantitative")),
        bar.encode(x=left, x2="inside_hi:Q", y=y, tooltip=tips),
        bar.encode(x=x, y=low, y2="hi:Q", tooltip=tips),
        dot.encode(x=x, y=y, tooltip=tips),
        name.encode(x=x, y=y, text="arm:N"),
    ]
    chart = alt.layer(*marks).properties(width="container", height=HEIGHT)
    return Figure(chart, {"figure": frame, "zero": pl.DataFrame({"zero": [0.0]})})
