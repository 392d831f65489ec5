"""A figure is a chart over named frames: the page draws it, and offers its first frame as CSV."""

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


@dataclass(frozen=True, slots=True)
class Figure:
    """An Altair chart and the frames it names; `frames["figure"]` is the one behind the marks."""

    chart: Any
    frames: Mapping[str, pl.DataFrame]

    def spec(self) -> dict[str, Any]:
        """Give the complete Vega-Lite specification, data inlined, without colours of the page."""
        spec = dict(self.chart.to_dict())
        spec["datasets"] = {name: _rows(frame) for name, frame in self.frames.items()}
        if "layer" in spec:  # a layer without rows would leave Vega an axis without an extent
            empty = {name for name, frame in self.frames.items() if not frame.height}
            spec["layer"] = [layer for layer in spec["layer"] if layer["data"]["name"] not in empty]
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        spec.pop("config", None)
        return spec


def reserved(spec: Mapping[str, Any]) -> int:
    """About how high a chart will be in pixels: its marks, an axis below, a line of legend."""
    return int(spec["height"]) + 70


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    floats = pl.selectors.float()
    finite = pl.when(floats.is_finite()).then(floats.round(5))
    return frame.with_columns(finite.name.keep()).to_dicts()


def source(name: str = FIGURE) -> Any:
    """Name a frame as the data of a chart."""
    return alt.Chart(alt.NamedData(name=name))


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


def coloured(conditions: Sequence[str], shown: Collection[str] = (), *, legend: bool = True) -> Any:
    """The colour channel of conditions: the same colour in every figure of a report.

    `shown` restricts the legend to some of them without moving any colour.
    """
    domain, colours = _shown(conditions, theme.colours(conditions), shown)
    key = alt.Legend(title=None, symbolOpacity=1) if legend else None
    scale = alt.Scale(domain=domain, range=colours)
    return alt.Color("condition", type="nominal", scale=scale, legend=key)


def shaped(conditions: Sequence[str], shown: Collection[str] = ()) -> Any:
    """The shape channel of conditions, beside their colour."""
    domain, shapes = _shown(conditions, theme.shapes(conditions), shown)
    scale = alt.Scale(domain=domain, range=shapes)
    return alt.Shape("condition", type="nominal", scale=scale, legend=alt.Legend(title=None))


def _shown(
    conditions: Sequence[str], values: Sequence[str], shown: Collection[str]
) -> tuple[list[str], list[str]]:
    pairs = zip(conditions, values, strict=True)
    visible = [(name, value) for name, value in pairs if not shown or name in shown]
    return [name for name, _ in visible], [value for _, value in visible]


def shares() -> list[Any]:
    """The tooltip lines of an accuracy with its interval."""
    lines = {"accuracy": "accuracy", "lo": "95 % from", "hi": "95 % to"}
    return [alt.Tooltip(c, type="quantitative", format=".1%", title=t) for c, t in lines.items()]


def span(cells: pl.DataFrame, columns: Sequence[str]) -> tuple[float, float]:
    """The common axis range of several panels: all values, rounded outwards to 5 points."""
    low = min(float(cells[column].min() or 0) for column in columns)  # type: ignore[arg-type]
    high = max(float(cells[column].max() or 0) for column in columns)  # type: ignore[arg-type]
    return max(0.0, (low * 20 // 1) / 20), min(1.0, -(-high * 20 // 1) / 20)


def save_svg(figure: Figure, path: str | Path, *, width: int = 760) -> None:
    """Write a figure as a stand-alone SVG on a white ground."""
    spec = figure.spec() | {"width": width, "background": theme.INK["light"]["ground"]}
    spec["padding"] = 14
    svg = vl_convert.vegalite_to_svg(spec, config=theme.config("light") | {"background": None})
    with atomic(path) as part:
        part.write_text(str(svg), encoding="utf-8")


@cache
def script() -> str:
    """Vega, Vega-Lite and vega-embed as one script that works without a network."""
    bundle = vl_convert.javascript_bundle("window.vegaEmbed=vegaEmbed;")
    return f"(function(){{{bundle}}})();"
