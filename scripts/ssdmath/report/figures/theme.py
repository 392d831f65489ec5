"""Colours and type of the figures: one palette that reads on white, on black and colour-blind.

Series colours are mid-tones (contrast of 3:1 or more on both grounds), so that a figure keeps its
meaning when the page turns dark; only ink, grid and ground change. The first eight are hues after
Okabe and Ito; of the other eight, each is as far from its nearest neighbour in OKLab as those are.
Mid-tones have no room for more, so a line or point of a condition also has a dash or a shape.
"""

from collections.abc import Sequence
from typing import Any

from ssdmath.config.names import BASE
from ssdmath.tables import statuses

GREY = "#7b8087"  # the untrained model is always grey
SERIES = (
    *("#2f7fc1", "#d55e00", "#149a74", "#b8609b", "#b08411", "#8f6a4a", "#6b6fd0", "#c2504f"),
    *("#48a800", "#f06084", "#b478f0", "#306c78", "#845484", "#c08484", "#007800", "#9c48c0"),
)
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))  # pixels drawn and left out; the first is solid
_PER_DASH = 8  # trained conditions, so that the less distinct half of the series is dashed
STATUS = {
    statuses.CORRECT: "#149a74",
    statuses.WRONG: "#d55e00",
    statuses.NO_BOX: "#b08411",
    statuses.UNCLOSED_THINK: "#b8609b",
    statuses.LENGTH_STOP: "#2f7fc1",
    statuses.PARSE_FAIL: "#8f6a4a",
    statuses.TIMEOUT: "#6b6fd0",
    "missing": GREY,
}
RAMP = ("#f3f0df", "#b9d3c2", "#6fb0b0", "#3a83a4", "#2b5587", "#242a5c")
FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
INK = {
    "light": {"ink": "#1d2126", "soft": "#5a626c", "grid": "#e3e5e8", "ground": "#ffffff"},
    "dark": {"ink": "#e8eaed", "soft": "#a2aab4", "grid": "#2e343c", "ground": "#14171b"},
}


def colours(conditions: Sequence[str]) -> list[str]:
    """One colour per condition in the order given: grey for `base`, then the series, repeating."""
    return [GREY if at is None else SERIES[at % len(SERIES)] for at in _trained(conditions)]


def dashes(conditions: Sequence[str]) -> list[list[int]]:
    """One dash per condition: with its colour, no two of the first 32 lines look the same."""
    return [list(DASHES[(at or 0) // _PER_DASH % len(DASHES)]) for at in _trained(conditions)]


def shapes(conditions: Sequence[str]) -> list[str]:
    """One point shape per condition, so that no figure depends on colour alone."""
    return [SHAPES[i % len(SHAPES)] for i, _ in enumerate(conditions)]


def _trained(conditions: Sequence[str]) -> list[int | None]:
    """The place of each condition among those that are not `base`; None of `base` itself."""
    places = {name: at for at, name in enumerate(name for name in conditions if name != BASE)}
    return [places.get(name) for name in conditions]


def config(mode: str) -> dict[str, Any]:
    """Vega-Lite config for `light` or `dark`: type, ink and grid; the ground stays transparent."""
    tone = INK[mode]
    text = {"labelColor": tone["soft"], "titleColor": tone["soft"], "labelFont": FONT}
    axis = text | {
        "titleFont": FONT,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "labelFontSize": 11,
        "gridColor": tone["grid"],
        "domainColor": tone["soft"],
        "tickColor": tone["grid"],
        "tickSize": 4,
        "labelPadding": 4,
    }
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False, "labelSeparation": 6},
        "axisY": {"domain": False, "ticks": False, "labelLimit": 280},
        "legend": text
        | {"titleFont": FONT, "orient": "bottom", "labelLimit": 320, "labelFontSize": 11},
        "title": {"color": tone["ink"], "font": FONT, "fontSize": 13, "fontWeight": 600},
        "text": {"color": tone["ink"], "font": FONT},
        "rule": {"color": tone["soft"]},
        "line": {"strokeWidth": 2},
    }
