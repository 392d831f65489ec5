"""The tables and the figure of docs/layout.md, from the numbers of docs/layout.json."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt

from ssdmath.report.figures import theme
from ssdmath.tables import markdown

Rows = Sequence[dict[str, Any]]
ORDERS = ("cell by cell", "longest first", "shortest last")  # the last is what a job does


def replaced(page: str, numbers: dict[str, Any]) -> str:
    """Put the tables between their markers of a page; ValueError without them."""
    blocks = {
        "one-gpu": _one_gpu(numbers["layouts"]),
        "weaker": _weaker(numbers["weaker"]),
        "cache": _cache(numbers["settings"]),
        "limit": _limit(numbers["layouts"]),
        "four-gpus": _four_gpus(numbers["studies"]),
    }
    for name, table in blocks.items():
        page = markdown.replaced(page, name, f"{table}\n")
    return page


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _one_gpu(layouts: Rows) -> str:
    """Jobs without a time limit, in the three orders."""
    header = ["prompts", "decodings per job"]
    header += [f"{what}, {order}" for what in ("hours", "minutes of tail") for order in ORDERS]
    columns = [_of_order(layouts, "none", order) for order in ORDERS]
    rows = []
    for found in zip(*columns, strict=True):
        hours = [f"{row['hours']:.2f}" for row in found]
        tails = [f"{row['tail minutes']:.1f}" for row in found]
        rows.append([*_size(found[0]), *hours, *tails])
    return markdown.table(header, rows, "r" * len(header))


def _of_order(layouts: Rows, limit: str, order: str) -> Rows:
    """The rows of each workload under a time limit and in an order."""
    return [row for row in layouts if (row["limit"], row["order"]) == (limit, order)]


def _size(row: dict[str, Any]) -> list[Any]:
    return [row["workload"].split()[0], row["decodings in a job"]]


def _weaker(rows: Rows) -> str:
    header = ["share of the variance between problems", "prompts", "decodings per job", "lost"]
    return markdown.table(
        header,
        [[row["problem's share"], *_size(row), _percent(row["lost"])] for row in rows],
        "rrrr",
    )


def _cache(settings: Rows) -> str:
    header = ["cache", "tokens/s before the tail"]
    shown = ("hours", "preempted")
    header += [f"{what}, {order}" for what in shown for order in ORDERS]
    rows = [
        [
            row["setting"],
            f"{row['speed']:,.0f}",
            *(f"{row[order][what]:.2f}" for what in shown for order in ORDERS),
        ]
        for row in settings
    ]
    return markdown.table(header, rows)


def _limit(layouts: Rows) -> str:
    header = ["prompts", "decodings per job", "hours", "lost"]
    rows = [
        [*_size(row), f"{row['hours']:.1f}", _percent(row["lost"])]
        for row in _of_order(layouts, "4 h", ORDERS[-1])
    ]
    return markdown.table(header, rows, "rrrr")


def _four_gpus(studies: Rows) -> str:
    header = ["models", "prompts", "decodings per job", "hours", "lost in jobs", "idle at the end"]
    rows = [
        [
            row["models"],
            f"{row['prompts']:,}",
            row["decodings in a job"],
            f"{row['hours']:.1f}",
            _percent(row["lost"]),
            _percent(row["idle at the end"]),
        ]
        for row in studies
    ]
    return markdown.table(header, rows, "rrrrrr")


def figure(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw the share lost against the decodings of a job."""
    shown = [row for row in rows if row["limit"] == "none" and row["order"] != "mixed"]
    names = sorted({f"{row['workload']}, {row['order']}" for row in shown})
    data = [{**row, "layout": f"{row['workload']}, {row['order']}"} for row in shown]
    lines = alt.Chart(alt.Data(values=data)).encode(
        x=alt.X("decodings in a job:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("lost:Q", title="share of wall time lost", axis=alt.Axis(format="%")),
        color=alt.Color(
            "layout:N", title=None, scale=alt.Scale(domain=names, range=theme.colours(names))
        ),
        shape=alt.Shape(
            "layout:N", title=None, scale=alt.Scale(domain=names, range=theme.shapes(names))
        ),
    )
    aims = alt.Chart(alt.Data(values=[{"aim": 0.05}, {"aim": 0.1}])).mark_rule(
        strokeDash=[4, 4], color=theme.GREY
    )
    points = lines.mark_point(filled=True, size=60)
    alt.layer(lines.mark_line(), points, aims.encode(y="aim:Q")).properties(
        width=520, height=260
    ).configure(**{**theme.config("light"), "background": "#ffffff"}).save(path)
