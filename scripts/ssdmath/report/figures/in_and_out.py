"""Change inside the domain against change outside of it, a point per arm."""

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, layered, signed_tips, source

HEIGHT = 240
_ENDS = ("delta", "lo", "hi", "inside_delta", "inside_lo", "inside_hi")


def change(rows: pl.DataFrame) -> Figure:
    """Differences to base in points with 95 % intervals.

    `rows`: arm, delta, lo, hi on the outside problems, and the same with `inside_` on test.
    """
    frame = rows.select("arm", pl.col(_ENDS) * 100)
    titles = ("change on test, points (95 %)", "change outside, points (95 %)")
    axis, scale = alt.Axis(tickCount=6), alt.Scale(zero=True, nice=True)
    x, left = (
        alt.X(f"inside_{name}:Q", title=titles[0], axis=axis, scale=scale)
        for name in ("delta", "lo")
    )
    y, low = (
        alt.Y(f"{name}:Q", title=titles[1], axis=axis, scale=scale) for name in ("delta", "lo")
    )
    tips = ["arm:N", *signed_tips(_ENDS)]
    bar = source().mark_rule(strokeWidth=3, color=theme.SERIES[0], opacity=0.5)
    dot = source().mark_point(filled=True, size=90, color=theme.SERIES[0], opacity=1)
    name = source().mark_text(align="left", dx=8, dy=-8, fontSize=12)
    marks = [
        bar.encode(x=left, x2="inside_hi:Q", y=y, tooltip=tips),
        bar.encode(x=x, y=low, y2="hi:Q", tooltip=tips),
        dot.encode(x=x, y=y, tooltip=tips),
        name.encode(x=x, y=y, text="arm:N"),
    ]
    return layered(marks, HEIGHT, "xy", figure=frame)
