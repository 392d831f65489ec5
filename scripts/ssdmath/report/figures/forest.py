"""The forest plot: one difference in several studies, and their pooled estimate."""

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, layered, signed_tips, source

ROW = 30
POOLED = "pooled"


def forest(rows: pl.DataFrame, estimate: pl.DataFrame) -> Figure:
    """Differences in points with 95 % intervals, one row per study, the pooled estimate last.

    `rows`: study, delta, lo, hi, weight (the area of the square); `estimate`: delta, lo, hi of the
    pooled one, no row where none was made.
    """
    points = pl.col("delta", "lo", "hi") * 100
    frame = rows.select("study", points, pl.col("weight").fill_null(0.0))
    below = estimate.select(pl.lit(POOLED).alias("study"), points)
    order = [*frame["study"], *below["study"]]
    y = alt.Y("study", type="nominal", title=None, sort=order, axis=alt.Axis(grid=False))
    title = "difference, points (95 % interval)"
    axis = alt.Axis(tickCount=7)
    low, mid = (alt.X(f"{name}:Q", title=title, axis=axis) for name in ("lo", "delta"))
    tips = ["study:N", *signed_tips()]
    size = alt.Size("weight", type="quantitative", scale=alt.Scale(range=[40, 260]), legend=None)
    colour, pooled_colour = theme.SERIES[0], theme.SERIES[1]
    bar = source().mark_rule(strokeWidth=2, color=colour, opacity=0.55)
    square = source().mark_point(filled=True, shape="square", color=colour, opacity=1)
    line = source(POOLED).mark_rule(strokeWidth=4, color=pooled_colour, opacity=0.55)
    diamond = source(POOLED).mark_point(
        filled=True, shape="diamond", size=200, color=pooled_colour, opacity=1
    )
    marks = [
        bar.encode(y=y, x=low, x2="hi:Q", tooltip=tips),
        square.encode(y=y, x=mid, size=size, tooltip=tips),
        line.encode(y=y, x=low, x2="hi:Q", tooltip=tips),
        diamond.encode(y=y, x=mid, tooltip=tips),
    ]
    return layered(marks, ROW * len(order), "x", figure=frame, pooled=below)
