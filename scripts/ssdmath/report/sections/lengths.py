"""The section on length: thinking curves, who was cut off, and shorter caps."""

import polars as pl

from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Panels, Section, Table, label, number
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.inputs import Material

GAIN = "difference to base, points"


def lengths(material: Material, path: str) -> Section:
    """Is it length? Every arm at its chosen decoding, beside base at the same one."""
    table = material.read(path, LENGTHS)
    names = deltas.conditions(material)
    name = pl.col("models").str.split(",").list.first()
    table = table.with_columns(
        condition=name.replace_strict(names, default=name, return_dtype=pl.String)
    )
    source = material.source(path)
    blocks: list[Block] = [_curves(material, table, source)]
    parts = table.filter(pl.col("panel") == "cut off")
    if parts.height:
        blocks.append(_parts(parts, source))
    return Section("lengths", "Is it length?", blocks)


def _curves(material: Material, table: pl.DataFrame, source: str) -> Panels:
    order = [name for name in material.conditions if name in set(table["condition"])]
    running = table.filter(pl.col("panel") == "running")
    caps = table.filter(pl.col("panel") == "cap")
    points = [(100 * pl.col(old)).alias(new) for old, new in _ENDS.items()]
    gains = caps.drop_nulls("delta").with_columns(points)
    share = Over("share of draws", ".0%")
    plots = [
        ("Still thinking", lines.lines(running, order, Over("tokens"), share)),
        ("Accuracy under a shorter cap", lines.lines(_bare(caps), order, Over("cap"), share)),
        ("Gain under a shorter cap", lines.lines(gains, order, Over("cap"), Over(GAIN))),
    ]
    means = table.filter(pl.col("panel") == "mean length", pl.col("delta").is_not_null())
    said = [
        f"{row['condition']} thinks {deltas.plain(row['value'], 1)} tokens on average at "
        f"{row['decoding']}, {deltas.change(row, 1)} against base at the same decoding"
        for row in means.to_dicts()
    ]
    return Panels(
        id="figure-thinking",
        title="How long thinking is, and what a shorter cap would leave",
        plots=plots,
        reading="; ".join(said) + "." if said else "",
        how="Validation; every arm at its chosen decoding. Left: Kaplan-Meier, a draw cut at the "
        "cap would have gone on. Middle and right: the same draws, each longer one counted as a "
        "length stop. Right: against base at the same decoding. Bands: 95 % intervals.",
        source=source,
    )


_ENDS = {"delta": "value", "delta_lo": "lo", "delta_hi": "hi"}


def _bare(caps: pl.DataFrame) -> pl.DataFrame:
    return caps.drop("lo", "hi")


def _parts(parts: pl.DataFrame, source: str) -> Table:
    columns = [
        Column("condition", numeric=False),
        Column("decoding", numeric=False),
        Column("problems where", numeric=False),
        Column("problems"),
        Column("accuracy"),
        Column("gain", "against base at the same decoding, points"),
        Column("part of the whole gain", "gain times share of the problems, points"),
    ]
    rows = []
    for row in parts.to_dicts():
        whole = parts.filter(pl.col("condition") == row["condition"], pl.col("group") == "all").row(
            0, named=True
        )
        part = None if row["delta"] is None else row["delta"] * row["problems"] / whole["problems"]
        rows.append(
            [
                label(row["condition"]),
                label(row["decoding"]),
                label(row["group"]),
                number(row["problems"], f"{row['problems']:,}"),
                number(row["value"], fmt.percent(row["value"])),
                deltas.cell(row, 1, 100),
                number(part, deltas.signed(part, 1, 100)),
            ]
        )
    note = (
        "Who base was cut off on is told by base's draws at the other decodings, so that no draw "
        "both sorts a problem and is compared on it."
    )
    title = "Where the gain comes from: base cut off or not"
    return Table("table-cut-off", title, columns, rows, note, source)
