"""The section on length: how long thinking is, who was cut off, and shorter caps."""

import polars as pl

from ssdmath.mechanism.lengths import ALL, CAP, CUT_OFF, MEAN, RUNNING
from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Section, Table
from ssdmath.report.columns import change, count, percent, points, words
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results

GAIN = "difference from base, points"


def lengths(results: Results, path: str) -> Section:
    """Is it length? Every arm at its chosen decoding, against base at the same one."""
    first = pl.col("models").str.split(",").list.first()
    table = deltas.named(results, results.read(path, LENGTHS).with_columns(model=first))
    source = results.source(path)
    blocks: list[Block] = [_curves(results, table, source)]
    by_cut_off = table.filter(panel=CUT_OFF)
    if by_cut_off.height:
        blocks.append(_parts(by_cut_off, source))
    return Section("lengths", "Is it length?", blocks)


def _curves(results: Results, table: pl.DataFrame, source: str) -> Panels:
    order = deltas.legend(results, table)
    running, caps = table.filter(panel=RUNNING), table.filter(panel=CAP)
    points = [(100 * pl.col(old)).alias(new) for old, new in _ENDS.items()]
    gains = caps.drop_nulls("delta").with_columns(points)
    share, without_ends = Over("share of draws", ".0%"), caps.drop("lo", "hi")
    plots = [
        ("Still thinking", lines.lines(running, order, Over("tokens"), share)),
        ("Accuracy under a shorter cap", lines.lines(without_ends, order, Over("cap"), share)),
        ("Gain under a shorter cap", lines.lines(gains, order, Over("cap"), Over(GAIN))),
    ]
    means = table.filter(panel=MEAN).drop_nulls("delta")
    averages = [
        f"{row['condition']} thinks {fmt.decimal(row['value'], 1)} tokens on average at "
        f"{row['decoding']}, {deltas.change(row, 1)} against base at the same decoding"
        for row in means.to_dicts()
    ]
    return Panels(
        id="figure-thinking",
        title="How long thinking is, and what a shorter cap would leave, validation problems",
        plots=plots,
        reading="; ".join(averages) + "." if averages else "",
        how="Every arm at its chosen decoding. First panel: Kaplan-Meier, because a draw cut at "
        "the cap is censored. Other panels: the same draws, with every longer one counted as a "
        "length stop; the gain is against base at the same decoding. Bands: 95 % intervals.",
        source=source,
    )


_ENDS = {"delta": "value", "delta_lo": "lo", "delta_hi": "hi"}


def _parts(by_cut_off: pl.DataFrame, source: str) -> Table:
    total = pl.col("problems").filter(pl.col("group") == ALL).first().over("condition")
    rows = by_cut_off.with_columns(part=pl.col("delta") * pl.col("problems") / total)
    return Table("table-cut-off", _TITLE, COLUMNS, rows, _NOTE, source)


_TITLE = "Where the gain comes from: problems on which base was cut off, or not"
_NOTE = (
    "Whether base was cut off on a problem is measured on its draws at the other decodings, so "
    "that no draw both sorts a problem and is compared on it."
)
COLUMNS = (
    words("condition"),
    words("decoding"),
    words("problems where", "group"),
    count("problems"),
    percent("accuracy", "value"),
    change("gain", None, "against base at the same decoding, points", 1, 100),
    points("part of the whole gain", "part", "gain times share of the problems, points"),
)
