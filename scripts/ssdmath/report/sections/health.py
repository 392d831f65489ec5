"""The section on the health of the cells: how draws end, how long they are, every number."""

from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Section, Table, Value, label, number
from ssdmath.report.figures import conditions, curves, intervals, theme
from ssdmath.report.inputs import Material
from ssdmath.report.sections.accuracy import sweep


def health(material: Material) -> Section:
    """Where draws end, how long they are, and the table of all cells."""
    cells, names = sweep(material), material.conditions
    source = material.source(material.inputs.scores)
    blocks: list[Block] = []
    if cells.height:
        blocks = [_ends(cells, names, source)]
    if cells["tokens_median"].drop_nulls().len():
        blocks.append(_lengths(cells, names, material.cap, source))
    return Section("health", "Health of the cells", [*blocks, cell_table(material)])


def _ends(cells: pl.DataFrame, names: list[str], source: str) -> Plot:
    columns = [f"share_{status}" for status in theme.STATUS if f"share_{status}" in cells.columns]
    pooled = conditions.ranked(conditions.pooled(cells, columns), names)
    name = pl.format("{} · {}", "condition", "decoding")
    long = pooled.with_columns(label=name).unpivot(columns, index="label", variable_name="status")
    rows = long.rename({"value": "share"}).with_columns(pl.col("status").str.strip_prefix("share_"))
    rows = rows.filter(pl.col("share") > 0)
    means = {column: float(pooled[column].mean() or 0) for column in columns}  # type: ignore[arg-type]
    lost = ("length_stop", "unclosed_think", "no_box", "parse_fail", "timeout")
    said = [f"{s} {fmt.percent(means.get(f'share_{s}', 0))}" for s in lost]
    return Plot(
        id="figure-status",
        title="Where the draws end",
        figure=intervals.statuses(rows),
        reading=f"Averaged over the cells shown: {', '.join(said)}.",
        how="A bar is one condition at one decoding, all draws. Only a right answer counts; "
        "a draw that could not be judged (parse_fail, timeout) is shown as what it is.",
        source=source,
    )


def _lengths(cells: pl.DataFrame, names: list[str], cap: int | None, source: str) -> Plot:
    medians = conditions.pooled(cells, ["tokens_median"]).drop_nulls("tokens_median")
    spread = medians.group_by("condition").agg(pl.col("tokens_median").mean()).rows()
    by = dict(spread)
    said = [f"{name} {by[name]:.0f}" for name in names if name in by]
    return Plot(
        id="figure-lengths",
        title="Length of completions",
        figure=curves.lengths(cells, names, cap),
        reading=f"Median tokens, averaged over T_eval: {', '.join(said)}." if said else "",
        how="Kaplan-Meier median, since a draw cut at the cap would have gone on. Band: the middle "
        "half. Dashed: the cap.",
        source=source,
    )


_CELLS: list[tuple[str, str, str, str]] = [
    ("completed", "accuracy_completed", "percent", "accuracy among draws that ended by themselves"),
    ("length stop", "share_length_stop", "percent", "share of draws cut at the cap"),
    ("unclosed", "share_unclosed_think", "percent", "ended without closing the thinking"),
    ("no box", "share_no_box", "percent", "closed, but no boxed answer"),
    ("parse fail", "share_parse_fail", "percent", "an answer that could not be read"),
    ("timeout", "share_timeout", "percent", "comparison did not end in time"),
    ("think closed", "think_closed", "percent", "share of draws that close their thinking"),
    ("boxed", "boxed", "percent", "share of draws with a boxed answer"),
    ("loop", "loop", "percent", "share of draws that end in a repetition loop"),
    ("markers", "markers", "plain", "uncertainty markers a draw (Wait, Hmm, let me check, ...)"),
    ("tokens", "tokens_median", "count", "Kaplan-Meier median"),
    ("answers", "distinct_answers", "plain", "distinct answers a problem"),
    ("within", "within_share", "percent", "share of the variance that lies within problems"),
]


def cell_table(material: Material) -> Table:
    """Every cell of the study with its accuracy, interval and health."""
    cells = material.cells.filter(pl.col("stratum") == "all")
    columns = [
        Column("model", numeric=False),
        Column("split", numeric=False),
        Column("decoding", numeric=False),
        Column("problems"),
        Column("draws"),
        Column("missing", "planned draws that are not there"),
        Column("accuracy", "correct of all drawn"),
        Column("95 % interval", "sorted by its lower end"),
        *[Column(head, help) for head, name, _, help in _CELLS if name in cells.columns],
    ]
    rows = [_cell(row) for row in cells.iter_rows(named=True)]
    source = material.source(material.inputs.scores)
    note = "Choose a column's head to sort by it. Intervals: " + ", ".join(
        sorted(set(cells["interval_method"].drop_nulls()))
    )
    return Table("table-cells", "All cells", columns, rows, note, source)


def _cell(row: dict[str, Any]) -> list[Value]:
    return [
        label(row["model"]),
        label(row["split"]),
        label(row["decoding"]),
        *[number(row[name], fmt.count(row[name])) for name in ("problems", "draws", "missing")],
        number(row["accuracy"], fmt.percent(row["accuracy"])),
        number(row["lo"], fmt.interval(row["lo"], row["hi"])),
        *[number(row[name], _shown(row[name], how)) for _, name, how, _ in _CELLS if name in row],
    ]


def _shown(value: float | None, how: str) -> str:
    if value is None:
        return "–"
    return {"percent": fmt.percent(value), "count": f"{value:.0f}"}.get(how, f"{value:.2f}")
