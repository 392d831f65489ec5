"""The section on the micro world's truth: are locks and forks found, and what changed there."""

import polars as pl

from ssdmath.mechanism.schemas import HEURISTIC_RECALL, TRUTH
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Section, Table, label, number
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.inputs import Material

MATCHED = "right at matched locks"


def truth(material: Material, path: str, found: str) -> Section:
    """The lock-fork trade over T_eval, changes at true positions, precision and recall."""
    table = deltas.named(material, material.read(path, TRUTH))
    blocks: list[Block] = [
        _trade(material, table, material.source(path)),
        _changes(table, material.source(path)),
    ]
    held = material.read(found, HEURISTIC_RECALL)
    blocks.append(_heuristic(held, material.source(found)))
    return Section("truth", "True locks and true forks", blocks)


def _trade(material: Material, table: pl.DataFrame, source: str) -> Plot:
    over = table.filter(pl.col("t_eval").is_not_null(), pl.col("metric") == "right")
    seen = over.filter(pl.col("role") == "observed")
    curves = [
        _curve(seen.filter(pl.col("model") == m), "value")
        for m in seen["model"].unique(maintain_order=True)
    ]
    first = seen.filter(pl.col("model") == seen["model"][0])
    base = _curve(first.with_columns(condition=pl.lit("base")), "base")
    rows = pl.concat([base, *curves]).sort("condition", "x", "value")
    names = [name for name in material.conditions if name in set(rows["condition"])]
    x = Over("mass on the forced digit at true locks", ".0%")
    y = Over("mass on right routes at true forks", ".0%")
    return Plot(
        id="figure-trade",
        title="Locks against forks, over the evaluation temperature",
        figure=lines.lines(rows, names, x, y),
        reading=" ".join(_matched(name, table) for name in names if name != "base"),
        how="Each curve runs over T_eval: hot on the left, cold on the right. A curve above base's "
        "holds its forks more open where its locks are as firm. Contexts were written by the micro "
        "world itself, so that every fork and every forced digit in them is known. Intervals are "
        "over problems, for this one run; the draw of its training set moves forks too.",
        source=source,
    )


def _curve(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    def side(name: str, to: str) -> pl.DataFrame:
        mine = rows.filter(pl.col("label") == name)
        return mine.select("condition", "t_eval", pl.col(column).alias(to))

    both = side("lock", "x").join(side("fork", "value"), on=["condition", "t_eval"])
    return both.drop_nulls().select("condition", "x", "value")


def _matched(name: str, table: pl.DataFrame) -> str:
    mine = pl.col("condition") == name
    rows = table.filter(mine, pl.col("role") == "observed", pl.col("metric") == MATCHED)
    rows = rows.drop_nulls("delta")
    if not rows.height:
        return f"{name}: its locks are nowhere as firm as base's."
    row = rows.sort("t_eval").row(rows.height // 2, named=True)
    return (
        f"{name}, where its locks are as firm as base's at T_eval = {row['t_eval']:g}: "
        f"right routes {fmt.percent(row['value'])} against {fmt.percent(row['base'])}, "
        f"{deltas.change(row, 1, 100)} points."
    )


def _changes(table: pl.DataFrame, source: str) -> Table:
    kept = table.filter(pl.col("t_eval").is_null())
    keys = ["condition", "label", "metric"]
    columns = [
        *[Column(name, numeric=False) for name in ("condition", "true", "measure")],
        Column("positions"),
        Column("base"),
        Column("target q_s", "what the exact target of this arm has there"),
        Column("trained"),
        Column("trained minus base"),
    ]
    rows = []
    for key, part in kept.group_by(keys, maintain_order=True):
        by = {row["role"]: row for row in part.to_dicts()}
        seen, goal = by["observed"], by.get("predicted")
        aim = None if goal is None else goal["value"]
        rows.append(
            [
                *map(label, key),
                number(seen["positions"], f"{seen['positions']:,}"),
                number(seen["base"], deltas.plain(seen["base"])),
                number(aim, deltas.plain(aim)),
                number(seen["value"], deltas.plain(seen["value"])),
                deltas.cell(seen),
            ]
        )
    note = (
        "right: mass on the forced digit, on any right route, on </think>. routes: effective "
        "number of right routes. Untempered, without truncation."
    )
    return Table("table-truth", "Changes at true positions", columns, rows, note, source)


def _heuristic(found: pl.DataFrame, source: str) -> Table:
    columns = [
        Column("threshold", numeric=False),
        Column("true", numeric=False),
        *[Column(f"called {name}") for name in ("lock", "fork", "diffuse")],
        Column("precision", "of the class of the same name, among locks, forks and turns"),
        Column("recall"),
    ]
    rows = [
        [
            label(row["threshold"]),
            label(row["label"]),
            *[number(row[name], f"{row[name]:,}") for name in ("lock", "fork", "diffuse")],
            *[number(row[name], fmt.percent(row[name])) for name in ("precision", "recall")],
        ]
        for row in found.to_dicts()
    ]
    usual = {row["label"]: row for row in found.to_dicts() if row["threshold"] == "default"}
    lock, fork = usual["lock"], usual["fork"]
    note = (
        f"The heuristic finds {fmt.percent(lock['recall'])} of the true locks and "
        f"{fmt.percent(fork['recall'])} of the true forks; {fmt.percent(fork['precision'])} of "
        "what it calls a fork is one. text: tokens that follow from the route; turn: closing or "
        "checking; neither is a class of its own."
    )
    return Table("table-found", "Does the heuristic find them?", columns, rows, note, source)
