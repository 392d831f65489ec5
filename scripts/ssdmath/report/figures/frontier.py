"""Device hours against the smallest effect a study finds: every best design, and two of them."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, key, layered, source

HEIGHT = 260
MARKED = "marked"
Point = tuple[float, float]  # hours, effect as a share of 1
_POINT = {"hours": pl.Float64, "points": pl.Float64}
_TIPS = (alt.Tooltip("hours:Q", format=".3~r"), alt.Tooltip("points:Q", format=".2f"))


def frontier(curve: Sequence[Point], marked: dict[str, Point], device: str) -> Figure:
    """Draw the frontier as a line and the designs of `marked` (name -> point) upon it."""
    in_points = pl.col("points") * 100
    line = pl.DataFrame(curve, schema=_POINT, orient="row").with_columns(in_points)
    dots = pl.DataFrame(list(marked.values()), schema=_POINT, orient="row")
    dots = dots.select(pl.Series("design", list(marked)), "hours", in_points)
    axis = alt.Axis(format=",~r", labelOverlap=True)
    across = alt.X(
        "hours:Q", title=f"{device} hours", scale=alt.Scale(type="log", nice=False), axis=axis
    )
    title = "smallest effect found 4 times in 5, points"
    up = alt.Y("points:Q", title=title, axis=alt.Axis(format="~g", tickCount=6))
    names = list(marked)
    colours, shapes = (
        alt.Scale(domain=names, range=list(values[: len(names)]))
        for values in (theme.SERIES, theme.SHAPES)
    )
    colour = alt.Color("design:N", scale=colours, legend=key(names, symbolOpacity=1))
    shape = alt.Shape("design:N", scale=shapes, legend=key(names))
    # A cheaper design finds no more until the next one begins.
    steps = source().mark_line(interpolate="step-after", color=theme.GREY).encode(x=across, y=up)
    points = source(MARKED).mark_point(size=130, filled=True, opacity=1)
    tips = ["design:N", *_TIPS]
    points = points.encode(x=across, y=up, color=colour, shape=shape, tooltip=tips)
    return layered([steps, points], HEIGHT, figure=line, marked=dots)
