"""A figure is a chart over named frames: the page draws it, and offers its first frame as CSV."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import vl_convert

from ssdmath.report.figures import theme
from ssdmath.tables.atomic import atomic

FIGURE = "figure"  # name of the main frame of every chart
_PERCENT = ".0%"
_ROOM = "containerSize()[0]"  # pixels that the page has for a chart
_LEFT = 70  # pixels of an axis of numbers at the left
_AXIS, _LINE = 52, 17  # pixels of an axis with its title, and of a line of a legend
_SYMBOL, _LETTER = 36, 6.2  # pixels of a legend's symbol and gaps, and of a letter of its text


@dataclass(frozen=True, slots=True)
class Figure:
    """An Altair chart and the frames it names; `frames["figure"]` is the one behind the marks."""

    chart: Any
    frames: Mapping[str, pl.DataFrame]

    def spec(self, width: int | None = None) -> dict[str, Any]:
        """Give the complete Vega-Lite specification, data inlined, without colours of the page.

        `width`: in pixels, of a picture that no page gives a width.
        """
        spec: dict[str, Any] = dict(self.chart.to_dict())
        if width is not None:
            spec = json.loads(json.dumps(spec).replace(_ROOM, str(width))) | {"width": width}
        spec["datasets"] = {name: _rows(frame) for name, frame in self.frames.items()}
        if "layer" in spec:  # a layer without rows would leave Vega an axis without an extent
            empty = {name for name, frame in self.frames.items() if not frame.height}
            spec["layer"] = [layer for layer in spec["layer"] if layer["data"]["name"] not in empty]
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        spec.pop("config", None)
        return spec


def reserved(spec: Mapping[str, Any], width: int) -> int:
    """About how high a chart `width` pixels wide will be: its marks, an axis below, its legend."""
    names = _legend(spec)
    rows = -(-len(names) // max(1, (width - _LEFT) // _column(names)))
    return int(spec["height"]) + _AXIS + _LINE * rows


def _legend(spec: Mapping[str, Any]) -> list[str]:
    """The names in the legend of a chart; none where it has no legend of names."""
    for part in (spec, *spec.get("layer", ())):
        colour = part.get("encoding", {}).get("color", {})
        if colour.get("legend") and "scale" in colour:
            return list(colour["scale"].get("domain", ()))
    return []


def _column(names: Collection[str]) -> int:
    """Pixels of a legend's column: its symbol, its longest name and the space after it."""
    return _SYMBOL + round(_LETTER * max(map(len, names), default=0))


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    floats = pl.selectors.float()
    finite = pl.when(floats.is_finite()).then(floats.round(5))
    return frame.with_columns(finite.name.keep()).to_dicts()


def source(name: str = FIGURE) -> Any:
    """Name a frame as the data of a chart."""
    return alt.Chart(alt.NamedData(name=name))


def layered(marks: Sequence[Any], height: int, zero: str = "", /, **frames: pl.DataFrame) -> Figure:
    """A figure of marks above each other, as wide as the page; `height` in pixels.

    Below the marks lies a dashed line at 0 of each axis in `zero`: "x", "y" or "xy".
    """
    rule = source("zero").mark_rule(strokeDash=[3, 3])
    lines = [rule.encode(**{axis: "zero:Q"}) for axis in zero]
    frames |= {"zero": pl.DataFrame({"zero": [0.0]})} if zero else {}
    chart = alt.layer(*lines, *marks).properties(width="container", height=height)
    return Figure(chart, frames)


def signed_tips(columns: Sequence[str] = ("delta", "lo", "hi")) -> list[Any]:
    """The tooltip lines of differences in points."""
    return [alt.Tooltip(f"{name}:Q", format="+.1f") for name in columns]


def percent(column: str, title: str | None, domain: Sequence[float] | None = None) -> Any:
    """A y channel for a share in [0, 1], labelled in percent."""
    scale = alt.Scale(domain=list(domain), clamp=True) if domain else alt.Scale(zero=False)
    axis = alt.Axis(format=_PERCENT, tickCount=5)
    return alt.Y(column, type="quantitative", title=title, scale=scale, axis=axis)


def temperatures(column: str, title: str, values: Sequence[float]) -> Any:
    """An x channel with a tick at every temperature that was really run."""
    axis = alt.Axis(values=list(values), format="~g", labelOverlap=True)
    scale = alt.Scale(zero=False, nice=False, padding=12)
    return alt.X(column, type="quantitative", title=title, axis=axis, scale=scale)


def key(names: Collection[str], beside: Collection[str] = (), **options: Any) -> Any:
    """A legend of names in as many columns as fit under the marks, however wide they are drawn.

    `beside`: the names on the axis at the left, under which a legend does not reach.
    """
    left = max(_LEFT, _column(beside))
    columns = alt.ExprRef(f"max(1, floor(({_ROOM} - {left}) / {_column(names)}))")
    return alt.Legend(title=None, columns=columns, **options)


def coloured(conditions: Sequence[str], shown: Collection[str] = (), *, legend: bool = True) -> Any:
    """The colour channel of conditions: the same colour in every figure of a report.

    `shown` restricts the legend to some of them without moving any colour.
    """
    return _channel(alt.Color, conditions, theme.colours(conditions), shown, legend=legend)


def shaped(conditions: Sequence[str], shown: Collection[str] = ()) -> Any:
    """The shape channel of conditions, beside their colour, for points."""
    return _channel(alt.Shape, conditions, theme.shapes(conditions), shown)


def dashed(conditions: Sequence[str], shown: Collection[str] = ()) -> Any:
    """The dash channel of conditions, beside their colour, for lines without points."""
    return _channel(alt.StrokeDash, conditions, theme.dashes(conditions), shown)


def _channel(
    channel: Any, conditions: Sequence[str], values: Sequence[Any], shown: Collection[str],
    *, legend: bool = True,
) -> Any:  # fmt: skip
    pairs = zip(conditions, values, strict=True)
    visible = {name: value for name, value in pairs if not shown or name in shown}
    scale = alt.Scale(domain=list(visible), range=list(visible.values()))
    named = key(visible, symbolOpacity=1) if legend else None
    return channel("condition", type="nominal", scale=scale, legend=named)


def shares(column: str = "accuracy", title: str = "accuracy", written: str = ".1%") -> list[Any]:
    """The tooltip lines of a value with its 95 % interval; `written` is their number format."""
    titles = {column: title, "lo": "95 % from", "hi": "95 % to"}
    return [alt.Tooltip(f"{c}:Q", format=written, title=t) for c, t in titles.items()]


def span(cells: pl.DataFrame, columns: Sequence[str]) -> tuple[float, float]:
    """The common axis range of several panels: all values, rounded outwards to 5 points."""
    low = min(float(cells[column].min() or 0) for column in columns)  # type: ignore[arg-type]
    high = max(float(cells[column].max() or 0) for column in columns)  # type: ignore[arg-type]
    return max(0.0, (low * 20 // 1) / 20), min(1.0, -(-high * 20 // 1) / 20)


def save_svg(figure: Figure, path: str | Path, *, width: int = 760) -> None:
    """Write a figure as a stand-alone SVG on a white ground."""
    spec = figure.spec(width) | {"background": theme.INK["light"]["ground"]}
    spec["padding"] = 14
    svg = vl_convert.vegalite_to_svg(spec, config=theme.config("light") | {"background": None})
    with atomic(path) as part:
        part.write_text(str(svg), encoding="utf-8")


@cache
def script() -> str:
    """Vega, Vega-Lite and vega-embed as one script that works without a network."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;")
    return f"(function(){{{bundle}}})();"
