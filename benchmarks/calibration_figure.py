"""The figure of docs/calibration.md: what each setting reached, beside what was promised."""

from typing import Any

import altair as alt
import polars as pl

PROMISES = {"mean covers": (94, 96), "null found": (4, 6), "effect found": (78, 82)}
TITLES = {
    "mean covers": "95 % interval of a cell covers",
    "null covers": "95 % interval of a null difference covers",
    "effect covers": "95 % interval of a real difference covers",
    "null found": "False alarms at 5 %",
    "effect found": "Power at the stated effect",
}


def figure(grid: list[dict[str, Any]]) -> str:
    """Draw five panels as SVG: one dot per setting, the promised range as a band."""
    import vl_convert

    points = [
        {"measure": TITLES[key], "percent": 100 * row[key], "K": str(row["draws"])}
        | {"setting": f"n={row['problems']}, K={row['draws']}"}
        for row in grid
        for key in TITLES
    ]
    order = [f"n={row['problems']}, K={row['draws']}" for row in grid]
    panels = []
    for key, title in TITLES.items():
        lo, hi = PROMISES.get(key, (94, 96))
        band = alt.Chart(pl.DataFrame({"lo": [lo], "hi": [hi]}))
        shade = band.mark_rect(color="#0072B2", opacity=0.15).encode(x="lo:Q", x2="hi:Q")
        own = pl.DataFrame([p for p in points if p["measure"] == title])
        dots = alt.Chart(own).mark_point(filled=True, size=60, color="#0072B2", opacity=1)
        shown = [2 * lo - hi, 2 * hi - lo, *own["percent"]]
        scale = alt.Scale(domain=[min(shown), max(shown)], zero=False)
        placed = dots.encode(
            x=alt.X("percent:Q", title="% of studies", scale=scale),
            y=alt.Y("setting:N", title=None, sort=order),
        )
        panels.append((shade + placed).properties(width=230, height=150, title=title))
    chart = alt.concat(*panels, columns=3, background="white")
    chart = chart.configure_title(fontSize=12, anchor="start")
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
