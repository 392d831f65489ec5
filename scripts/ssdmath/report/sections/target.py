"""The section on predicted against observed: how far training moved towards the SSD target."""

import polars as pl

from ssdmath.mechanism.schemas import TARGET
from ssdmath.mechanism.ssd_target import CLOSED
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Prose, Section, Table, label, number
from ssdmath.report.inputs import Material

KL = "KL(q_s || p)"


def target(material: Material, path: str) -> Section:
    """The terms of the cross-entropy of each arm's target, under base and after training."""
    table = deltas.named(material, material.read(path, TARGET))
    title = "Predicted against observed"
    if not table.height:
        line = "No arm of this study has a fixed target (a presence penalty has none)."
        return Section("target", title, [Prose([line])])
    names = table["condition"].unique(maintain_order=True).to_list()
    said = [_closed(name, table.filter(pl.col("condition") == name)) for name in names]
    blocks: list[Block] = [Prose(said, listed=True), _terms(table, material.source(path))]
    return Section("target", title, blocks)


def _closed(name: str, rows: pl.DataFrame) -> str:
    by = {row["term"]: row for row in rows.to_dicts()}
    share, gap = by[CLOSED], by[KL]
    if share["value"] is None:
        return (
            f"{name}: base is its own target, so theory expects no move; KL(q_s || p) went from "
            f"{deltas.plain(gap['base'], 4)} to {deltas.plain(gap['value'], 4)} nats a token."
        )
    ends = fmt.interval(share["delta_lo"], share["delta_hi"])
    return (
        f"{name}: training closed {fmt.percent(share['value'])} {ends} of the way to its target: "
        f"KL(q_s || p) from {deltas.plain(gap['base'], 4)} to {deltas.plain(gap['value'], 4)} "
        f"nats a token. Support compression {deltas.change(by['support compression'], 4)}, "
        f"reshaping {deltas.change(by['within-support reshaping'], 4)}, alignment "
        f"{deltas.change(by['alignment'], 4)}."
    )


def _terms(table: pl.DataFrame, source: str) -> Table:
    columns = [
        Column("condition", numeric=False),
        Column("term", numeric=False),
        Column("under base", "nats a token"),
        Column("under trained", "nats a token"),
        Column("difference"),
        Column("positions"),
    ]
    rows = [
        [
            label(row["condition"]),
            label(row["term"]),
            number(row["base"], deltas.plain(row["base"], 4)),
            number(row["value"], deltas.plain(row["value"], 4)),
            deltas.cell(row, 4),
            number(row["positions"], f"{row['positions']:,}"),
        ]
        for row in table.filter(pl.col("term") != CLOSED).to_dicts()
    ]
    note = (
        "q_s is base's own distribution after the arm's synthesis decoding, exact at every "
        "position of held-out contexts. Support compression, reshaping and alignment add up to the "
        "cross-entropy of q_s; docs/mechanism.md derives them."
    )
    return Table("table-target", "What the cross-entropy is made of", columns, rows, note, source)
