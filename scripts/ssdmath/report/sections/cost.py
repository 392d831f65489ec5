"""The section on cost: time and memory by rule."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Prose, Section, Table, without
from ssdmath.report.columns import count, number, words
from ssdmath.report.results import Results

TITLE = "Cost and time"
COLUMNS = (
    words("rule"),
    count("jobs"),
    number("wall time", "wall", fmt.duration, "summed over jobs, which may have run in parallel"),
    number("processor time", "cpu", fmt.duration),
    number("peak memory", "rss", lambda mb: f"{mb:,.0f} MB", "largest resident set of any job"),
)


def cost(results: Results) -> Section:
    """Wall time, processor time and memory by rule, as each job recorded them at its end."""
    if results.usage.is_empty():
        return without("cost", TITLE, "This study has no record of what its jobs used.")
    rules = (
        results.usage.group_by("rule")
        .agg(pl.col("wall", "cpu").sum(), pl.col("rss").max(), jobs=pl.len())
        .sort("wall", "rule", descending=[True, False])
    )
    top, total = rules.row(0, named=True), float(rules["wall"].sum())
    lead = (
        f"The jobs took {fmt.duration(total)} in all; {top['rule']} took "
        f"{fmt.percent(top['wall'] / total if total else 0, 0)} of it."
    )
    table = Table("table-cost", "By rule", COLUMNS, rules, source="benchmarks/usage.jsonl")
    return Section("cost", TITLE, [Prose([lead]), table])
