"""Problems as points: pass rates of two sides, and gains over base's held-out pass rate."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from ssdmath.report.figures import theme
from ssdmath.report.figures.figure import Figure, key, layered, source

HEIGHT = 320
_RATE = {  # an axis of pass rates
    "axis": alt.Axis(format=".0%", tickCount=5),
    "scale": alt.Scale(domain=[0, 1], nice=False, padding=6),
}
_GOLDEN = np.pi * (3 - np.sqrt(5))  # angle between neighbours of a sunflower
_STEP = 0.007  # share of an axis between points of one place


def rates(table: pl.DataFrame, a: str, b: str, strata: Sequence[str]) -> Figure:
    """Best guess of each problem's pass rate under b (across) and a (up).

    `table`: the columns of `derived_schemas.BY_PROBLEM` and link, an address or null; `strata`:
    the order of the legend.
    """
    frame = _apart(table, "shrunk_b", "shrunk_a")
    x = alt.X("x:Q", title=f"{b}, pass rate", **_RATE)
    y = alt.Y("y:Q", title=f"{a}, pass rate", **_RATE)
    line = source("diagonal").mark_line(strokeDash=[3, 3], strokeWidth=1, color=theme.GREY)
    diagonal = pl.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]})
    marks = [line.encode(x=x, y=y), _points(frame, x, y, a, b, strata)]
    return layered(marks, HEIGHT, figure=frame, diagonal=diagonal)


def over_held_out(table: pl.DataFrame, a: str, b: str, strata: Sequence[str]) -> Figure:
    """Best guess of each problem's gain over base's pass rate in draws that no score counts.

    Tables and order as in `rates`.
    """
    frame = _apart(table.drop_nulls("held_out"), "held_out", "gain")
    x = alt.X("x:Q", title="base, pass rate in held-out draws", **_RATE)
    signed = alt.Axis(format="+.0%", tickCount=6)
    y = alt.Y("y:Q", title=f"{a} minus {b}, pass rate", axis=signed)
    line = source("zero").mark_rule(strokeDash=[3, 3], color=theme.GREY)
    marks = [line.encode(y=y), _points(frame, x, y, a, b, strata)]
    return layered(marks, HEIGHT, figure=frame, zero=pl.DataFrame({"y": [0.0]}))


def _points(
    frame: pl.DataFrame, x: Any, y: Any, a: str, b: str, strata: Sequence[str]
) -> Any:  # fmt: skip
    present = set(frame["stratum"])
    names = [name for name in strata if name in present] + sorted(present.difference(strata))
    shown = {"rate_a": f"{a}, seen", "rate_b": f"{b}, seen", "shrunk_a": f"{a}, best guess"}
    shown |= {"shrunk_b": f"{b}, best guess", "held_out": "base, held out"}
    tips = ["problem:N", "stratum:N"]
    tips += [alt.Tooltip(f"{name}:Q", format=".1%", title=text) for name, text in shown.items()]
    return (
        source()
        .mark_point(filled=True, size=34, opacity=0.75)
        .encode(
            x=x,
            y=y,
            color=_by_stratum(alt.Color, names, theme.SERIES),
            shape=_by_stratum(alt.Shape, names, theme.SHAPES),
            href=alt.Href("link:N"),
            tooltip=tips,
        )
    )


def _by_stratum(channel: Any, names: Sequence[str], values: Sequence[str]) -> Any:
    taken = [values[at % len(values)] for at, _ in enumerate(names)]
    scale = alt.Scale(domain=list(names), range=taken)
    return channel("stratum", type="nominal", scale=scale, legend=key(names))


def _apart(table: pl.DataFrame, x: str, y: str) -> pl.DataFrame:
    """Points with their places; those at one place stand around it like the seeds of a sunflower.

    The order is that of the problems' ids, so that a figure is always the same.
    """
    places = [pl.col(name).round(4) for name in (x, y)]
    frame = table.with_columns(pl.col("stratum").fill_null("no stratum")).sort("problem")
    at = frame.select(at=pl.int_range(pl.len()).over(places))["at"].to_numpy()
    radius, angle = _STEP * np.sqrt(at), _GOLDEN * at
    return frame.with_columns(
        x=pl.Series(np.clip(frame[x].to_numpy() + radius * np.cos(angle), 0, 1)),
        y=pl.Series(frame[y].to_numpy() + radius * np.sin(angle)),
    )
