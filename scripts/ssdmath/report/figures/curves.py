"""Figures over a temperature."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report.figures import theme
from ssdmath.report.figures.conditions import pooled
from ssdmath.report.figures.figure import (
    Figure,
    coloured,
    layered,
    percent,
    shaped,
    shares,
    signed_tips,
    source,
    span,
    temperatures,
)

HEIGHT = 320
PANEL = 190


def accuracy(cells: pl.DataFrame, names: Sequence[str], beside: pl.DataFrame) -> Figure:
    """Accuracy against T_eval: one line and one band per condition, one dot per training run.

    `cells`: annotated rows of one split, stratum and evaluation truncation. `beside`: condition,
    decoding and accuracy of cells with another truncation, shown as dashed lines with their names.
    """
    lines = pooled(cells)
    columns = ["condition", "model", "t_eval", "decoding", "accuracy", "lo", "hi"]
    runs = cells.filter(pl.col("train_seed").is_not_null()).select(columns)
    values = lines["t_eval"].unique().sort().to_list()
    x = temperatures("t_eval", "evaluation temperature T_eval", values)
    y = percent("accuracy", _ACCURACY)
    colour, shape = coloured(names), shaped(names)
    faint = alt.condition("datum.condition === 'base'", alt.value(0.22), alt.value(0.07))
    band = (
        source()
        .mark_area()
        .encode(x=x, y=percent("lo", _ACCURACY), y2="hi:Q", color=colour, fillOpacity=faint)
    )
    line = source().mark_line().encode(x=x, y=y, color=colour)
    mean = source().mark_point(filled=True, size=70, opacity=1)
    mean = mean.encode(x=x, y=y, color=colour, shape=shape, tooltip=_tips("condition", "runs"))
    dots = source("runs").mark_point(size=22, opacity=0.75)
    dots = dots.encode(x=x, y=y, color=colour, tooltip=_tips("model"))
    frames = {"base": beside.filter(_BASE), "trained": beside.filter(~_BASE)}
    marks = [band, line, mean, dots, *_dashed(frames, y, colour)]
    kept = ["condition", "decoding", "t_eval", "accuracy", "lo", "hi", "runs"]
    return layered(marks, HEIGHT, figure=lines.select(kept), runs=runs, **frames)


_BASE = pl.col("condition") == BASE
_ACCURACY = "accuracy (correct among all draws)"


def _dashed(frames: dict[str, pl.DataFrame], y: Any, colour: Any) -> list[Any]:
    """A dashed line across the figure for each frame's row; its name stands above the plot.

    Inside the plot, the curves would run through the names.
    """
    layers = []
    for line, name in enumerate(reversed(frames)):
        rule = source(name).mark_rule(strokeDash=[6, 4], strokeWidth=1.5)
        text = source(name).mark_text(align="left", baseline="bottom", fontSize=11)
        text = text.transform_calculate(
            name="'dashed: ' + datum.condition + ' at ' + datum.decoding"
        )
        layers.append(rule.encode(y=y, color=colour, tooltip=_tips("condition")))
        place = {"x": alt.value(0), "y": alt.value(-8 - 15 * line)}
        layers.append(text.encode(**place, color=colour, text="name:N"))
    return layers


def _tips(*columns: str) -> list[Any]:
    return [*(f"{column}:N" for column in columns), "decoding:N", *shares()]


def against_base(cells: pl.DataFrame, name: str, names: Sequence[str]) -> Figure:
    """One condition's training runs over T_eval, with base behind them; bands are 95 % intervals.

    The axis is that of all conditions in `cells`, so that panels can be compared.
    """
    shown = cells.filter(pl.col("condition").is_in([BASE, name]))
    columns = ["condition", "model", "t_eval", "decoding", "accuracy", "lo", "hi"]
    values = cells["t_eval"].unique().sort().to_list()
    domain = span(cells, ["lo", "hi"])
    x = temperatures("t_eval", "T_eval", values)
    y = percent("accuracy", None, domain)
    colour, detail = coloured(names, legend=False), alt.Detail("model:N")
    band = source().mark_area(opacity=0.16)
    band = band.encode(x=x, y=percent("lo", None, domain), y2="hi:Q", color=colour, detail=detail)
    line = source().mark_line(point={"size": 34, "filled": True})
    line = line.encode(x=x, y=y, color=colour, detail=detail, tooltip=_tips("model"))
    return layered([band, line], PANEL, figure=shown.select(columns))


def difference(rows: pl.DataFrame, domain: tuple[float, float]) -> Figure:
    """Paired difference over T_eval in points, with intervals and a band over all of it.

    `rows`: one arm of `tables.CURVES`; `domain` in shares, for panels on one scale.
    """
    ends = ("delta", "lo", "hi", "band_lo", "band_hi")
    points = pl.col(ends) * 100
    frame = rows.select("decoding", "temperature", points, "p", "p_max_t").sort("temperature")
    x = temperatures("temperature", "T_eval", frame["temperature"].to_list())
    scale = alt.Scale(domain=[100 * end for end in domain])

    def y(column: str) -> Any:
        return alt.Y(f"{column}:Q", title="difference, points", scale=scale)

    band = source().mark_area(opacity=0.15, color=theme.SERIES[0])
    band = band.encode(x=x, y=y("band_lo"), y2="band_hi:Q")
    bar = source().mark_rule(strokeWidth=2, color=theme.SERIES[0], opacity=0.6)
    bar = bar.encode(x=x, y=y("lo"), y2="hi:Q")
    dot = source().mark_point(filled=True, size=60, opacity=1, color=theme.SERIES[0])
    dot = dot.encode(x=x, y=y("delta"), tooltip=["decoding:N", *signed_tips(ends)])
    zero = source("zero").mark_rule(strokeDash=[3, 3]).encode(y=alt.Y("zero:Q", scale=scale))
    chart = alt.layer(band, zero, bar, dot).properties(width="container", height=PANEL)
    return Figure(chart, {"figure": frame, "zero": pl.DataFrame({"zero": [0.0]})})


def effective(points: pl.DataFrame, fits: pl.DataFrame, names: Sequence[str]) -> Figure:
    """Accuracy against T_eff = T_train x T_eval in one truncation group, with its quadratic.

    `points`: annotated trained cells; `fits`: rows of c0, c1, c2 for this group (method.md 6).
    """
    columns = ["condition", "model", "decoding", "t_train", "t_eval", "t_eff"]
    frame = points.select([*columns, "accuracy", "lo", "hi"])
    scale = alt.Scale(zero=False, padding=12)
    x = alt.X("t_eff:Q", title="T_eff = T_train × T_eval", scale=scale)
    y = percent("accuracy", "accuracy")
    shown = set(frame["condition"])
    colour, shape = coloured(names, shown), shaped(names, shown)
    dots = source().mark_point(filled=True, size=60, opacity=0.9)
    dots = dots.encode(x=x, y=y, color=colour, shape=shape, tooltip=_tips("model"))
    bars = source().mark_rule(opacity=0.3)
    bars = bars.encode(x=x, y=percent("lo", "accuracy"), y2="hi:Q", color=colour)
    curve = source("fit").mark_line(strokeDash=[5, 4], strokeWidth=1.5)
    curve = curve.encode(x=x, y=y, detail=alt.Detail("fit:N"))
    return layered([bars, curve, dots], PANEL, figure=frame, fit=_parabolas(points, fits))


def _parabolas(points: pl.DataFrame, fits: pl.DataFrame) -> pl.DataFrame:
    """Each fit from the first to the last T_eff of the points that it was fitted to."""
    rows = []
    for i, fit in enumerate(fits.drop_nulls(["c0", "c1", "c2"]).iter_rows(named=True)):
        own = points.filter(arm=fit["arm"], step=fit["step"])["t_eff"]
        for t in np.linspace(own.min() or 0, own.max() or 0, 41).tolist():  # type: ignore[arg-type]
            rows.append((i, t, fit["c0"] + fit["c1"] * t + fit["c2"] * t * t))
    schema = {"fit": pl.Int64, "t_eff": pl.Float64, "accuracy": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def lengths(cells: pl.DataFrame, names: Sequence[str], cap: int | None) -> Figure:
    """Median tokens of a completion against T_eval; band: the middle half; rule: the cap."""
    quantiles = ["tokens_q25", "tokens_median", "tokens_q75"]
    columns = ["condition", "decoding", "t_eval", "runs", *quantiles]
    frame = pooled(cells, quantiles).select(columns).drop_nulls("tokens_median")
    x = temperatures("t_eval", "T_eval", frame["t_eval"].unique().sort().to_list())
    colour, shape = coloured(names), shaped(names)
    median = alt.Y("tokens_median:Q", title="tokens", scale=alt.Scale(zero=True))
    low = alt.Y("tokens_q25:Q", title="tokens")
    area = source("middle").mark_area(opacity=0.08)
    area = area.encode(x=x, y=low, y2="tokens_q75:Q", color=colour)
    tips = ["condition:N", "decoding:N", *[f"{name}:Q" for name in quantiles]]
    line = source().mark_line(point={"size": 40, "filled": True})
    rule = source("cap").mark_rule(strokeDash=[3, 3]).encode(y="cap:Q")
    marks = [area, line.encode(x=x, y=median, color=colour, shape=shape, tooltip=tips), rule]
    caps = pl.DataFrame({"cap": [cap] if cap else []})
    return layered(marks, PANEL + 20, figure=frame, middle=frame.drop_nulls(), cap=caps)
