"""The figure of docs/certificate.md: verdicts of each row, beside what was planted."""

from typing import Any

import altair as alt
import polars as pl
from certificate_page import ordered

ROOM = 320  # pixels of the labels: browsers' fonts are wider than the one that lays the figure out
COLOURS = {"better": "#0072B2", "neither": "#D0D0D0", "worse": "#D55E00"}


def svg(numbers: dict[str, Any]) -> str:
    """Draw a panel per world: a bar per row, split by verdict."""
    import vl_convert

    panels = [_panel(world, one["rows"]) for world, one in ordered(numbers).items()]
    chart = alt.vconcat(*panels, background="white").resolve_scale(color="shared")
    chart = chart.configure_title(fontSize=13, anchor="start").configure_axis(labelLimit=420)
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def _panel(world: str, rows: dict[str, Any]) -> alt.Chart:
    bars = pl.DataFrame(
        [
            {
                "row": _label(name, row["planted"]),
                "verdict": verdict,
                "order": place,
                "share": 100 * count / row["replications"],
            }
            for name, row in rows.items()
            for place, (verdict, count) in enumerate(_verdicts(row).items())
        ]
    )
    colour = alt.Color(
        "verdict:N",
        title="called",
        scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
    )
    return (
        alt.Chart(bars)
        .mark_bar(height=13)
        .encode(
            x=alt.X("share:Q", title="% of replications", scale=alt.Scale(domain=[0, 100])),
            y=alt.Y(
                "row:N",
                title=None,
                sort=[_label(n, r["planted"]) for n, r in rows.items()],
                axis=alt.Axis(minExtent=ROOM),
            ),
            color=colour,
            order="order:Q",
        )
        .properties(
            width=330,
            title=f"World {world}: {max(r['replications'] for r in rows.values())} studies",
        )
    )


def _verdicts(row: dict[str, Any]) -> dict[str, int]:
    neither = row["replications"] - row["better"] - row["worse"]
    return {"better": row["better"], "neither": neither, "worse": row["worse"]}


def _label(name: str, planted: str) -> str:
    """What is compared, without the remark that the table has, and what should be found."""
    wanted = {"better": "should be better", "nothing": "should be neither", "open": "open"}
    return f"{name.partition(' (')[0]} ({wanted[planted]})"
