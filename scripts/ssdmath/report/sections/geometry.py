"""The section on token geometry: the paper's figure 6 on base and trained models."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.mechanism.panels import (
    BEYOND_RANK,
    CLOSING,
    ENTROPY,
    MASS_OF,
    MATCHED_ENTROPY,
    SURVIVORS,
    TOP_MASS,
)
from ssdmath.mechanism.schemas import GEOMETRY
from ssdmath.report import deltas
from ssdmath.report.blocks import Block, Panels, Row, Section, Table
from ssdmath.report.columns import change, count, decimal, words
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results

PANELS = (
    (BEYOND_RANK, "Mass beyond a rank", Over("rank", log=True), Over("1 − mass", ".1e", log=True)),
    (SURVIVORS, "Tokens that survive the filter", Over("T_eval"), Over("tokens")),
    (ENTROPY, "Entropy after the filter", Over("T_eval"), Over("nats")),
    (MATCHED_ENTROPY, "Entropy at equal top-20 mass", Over(TOP_MASS), Over("nats")),
)
WAIT = "Wait"
LEAST = 2e-5  # the page rounds to five places


def geometry(results: Results, path: str) -> Section:
    """Four panels over the same contexts, and the mass on closing and on second thoughts."""
    table = deltas.named(results, results.read(path, GEOMETRY))
    source = results.source(path)
    overall = table.filter(stratum="all")
    blocks: list[Block] = [
        _panels(results, overall, source),
        _markers(overall, source),
        _strata(table, source),
    ]
    return Section("geometry", "Token geometry", blocks)


def _panels(results: Results, overall: pl.DataFrame, source: str) -> Panels:
    names, trained = deltas.legend(results, overall), set(overall["condition"]) - {BASE}
    plots = []
    for panel, title, x, y in PANELS:
        rows = overall.filter(panel=panel)
        if y.log:  # a mass of 0 cannot be shown on a logarithmic axis
            rows = rows.filter(pl.col("value") > LEAST).with_columns(pl.col("lo").clip(LEAST))
        plots.append((title, lines.lines(rows, names, x, y)))
    positions = overall.filter(panel=SURVIVORS).row(0, named=True)
    return Panels(
        id="figure-geometry",
        title="What the distributions over tokens look like",
        plots=plots,
        reading=" ".join(_change(name, overall) for name in names if name in trained),
        how=f"All models read the same {positions['positions']:,} positions of "
        f"{positions['problems']} problems.{_filter(results)} Bands: 95 % intervals over problems.",
        source=source,
    )


def _filter(results: Results) -> str:
    settings = results.study.mechanism
    return f" Filter: top-k {settings.top_k}, top-p {settings.top_p}." if settings else ""


def _change(name: str, overall: pl.DataFrame) -> str:
    rows = overall.filter(condition=name)
    at_one = deltas.by(rows.filter(x=1), "panel")
    changes = []
    if BEYOND_RANK in at_one:
        beyond = deltas.change(at_one[BEYOND_RANK], 1, 100)
        changes.append(f"mass beyond the top token {beyond} points")
    if ENTROPY in at_one:
        changes.append(f"entropy at T_eval = 1 {deltas.change(at_one[ENTROPY])} nats")
    matched = rows.filter(panel=MATCHED_ENTROPY)
    if matched.height:
        middle = matched.row(matched.height // 2, named=True)
        where = f"where the top-20 mass is {middle['x']:.3f}"
        changes.append(f"and {deltas.change(middle)} nats {where}")
    return f"{name} against base: {', '.join(changes)}."


def _markers(overall: pl.DataFrame, source: str) -> Table:
    rows = overall.filter(pl.col("panel").str.starts_with(MASS_OF)).drop_nulls("delta")
    base = overall.filter(model=BASE).select("panel", base="value").unique("panel")
    rows = rows.join(base, on="panel", how="left", maintain_order="left")
    columns = [
        words("condition"),
        words("token", lambda row: row["panel"].removeprefix(MASS_OF)),
        decimal("base", "base", _PERCENT, 3, 100),
        decimal("trained", "value", _PERCENT, 3, 100),
        change("difference", None, _PERCENT, 3, 100),
    ]
    note = f"A length effect would be {CLOSING} up and {WAIT} down. " + " ".join(
        _length_effect(name, rows) for name in rows["condition"].unique().sort()
    )
    title = "Mass on closing and on second thoughts, over all positions"
    return Table("table-marks", title, columns, rows, note, source)


_PERCENT = "mean over all positions, percent"


def _length_effect(name: str, rows: pl.DataFrame) -> str:
    masses = deltas.by(rows.filter(condition=name), "panel")
    closing, doubt = masses.get(MASS_OF + CLOSING), masses.get(MASS_OF + WAIT)
    if closing is None or doubt is None:
        return f"{name}: one of the two is not a token of this model."
    return f"{name}: {CLOSING} {deltas.direction(closing)}, {WAIT} {deltas.direction(doubt)}."


def _strata(table: pl.DataFrame, source: str) -> Table:
    columns = [
        words("condition"),
        words("contexts", help_="by length, correctness and writer"),
        count("positions"),
        count("problems"),
        change("beyond the top token", BEYOND_RANK, "trained minus base, points", 2, 100),
        change("entropy at T_eval = 1", ENTROPY, "trained minus base after the filter, nats"),
    ]
    at_one = table.filter(pl.col("panel").is_in([BEYOND_RANK, ENTROPY]), x=1).drop_nulls("delta")
    rows: list[Row] = []
    for (condition, stratum), part in at_one.group_by("condition", "stratum", maintain_order=True):
        sizes = part.select("positions", "problems").row(0, named=True)
        row = {"condition": condition, "contexts": stratum, **sizes}
        rows.append(row | deltas.by(part, "panel"))
    return Table("table-geometry", "By kind of context", columns, rows, source=source)
