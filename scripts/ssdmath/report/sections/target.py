"""The section on predicted against observed: how far training moved towards the SSD target."""

import polars as pl

from ssdmath.grid import settings
from ssdmath.mechanism.schemas import TARGET
from ssdmath.mechanism.ssd_target import CLOSED
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Prose, Section, Table, without
from ssdmath.report.columns import change, count, decimal, words
from ssdmath.report.results import Results

KL = "KL(q_s || p)"


def target(results: Results, path: str) -> Section:
    """The terms of the cross-entropy of each arm's target, under base and after training."""
    table = deltas.named(results, results.read(path, TARGET))
    title = "Predicted against observed"
    if not table.height:
        line = "No arm of this study has a fixed target: with a penalty or a power there is none."
        return without("target", title, line)
    names = table["condition"].unique(maintain_order=True).to_list()
    closed = [_closed(name, table.filter(condition=name)) for name in names]
    terms = table.filter(pl.col("term") != CLOSED)
    terms_table = Table("table-target", _TERMS, COLUMNS, terms, _NOTE, results.source(path))
    lines = Prose([*closed, *_without_target(results)], listed=True)
    return Section("target", title, [lines, terms_table])


def _without_target(results: Results) -> list[str]:
    """Why some arms are not there."""
    arms = settings.powers(results.study)
    why = "it learns a power of whole completions, which fixes no distribution of the next token"
    return [f"{arm} is left out: {why}." for arm in arms]


def _closed(name: str, rows: pl.DataFrame) -> str:
    terms = deltas.by(rows, "term")
    share, gap = terms[CLOSED], terms[KL]
    if share["value"] is None:
        return (
            f"{name}: base is its own target, so theory predicts no change; KL(q_s || p) went from "
            f"{fmt.decimal(gap['base'], 4)} to {fmt.decimal(gap['value'], 4)} nats per token."
        )
    ends = fmt.interval(share["delta_lo"], share["delta_hi"])
    return (
        f"{name}: training closed {fmt.percent(share['value'])} {ends} of the way to its target: "
        f"KL(q_s || p) from {fmt.decimal(gap['base'], 4)} to {fmt.decimal(gap['value'], 4)} "
        f"nats per token. Support compression {deltas.change(terms['support compression'], 4)}, "
        f"reshaping {deltas.change(terms['within-support reshaping'], 4)}, alignment "
        f"{deltas.change(terms['alignment'], 4)}."
    )


_NATS = "nats per token"
_TERMS = "The terms of the cross-entropy"
_NOTE = (
    "q_s is base's own distribution after the arm's synthesis decoding, exact at every position of "
    "held-out contexts. Support compression, reshaping and alignment add up to the cross-entropy "
    "of q_s; docs/mechanism.md derives them."
)
COLUMNS = (
    words("condition"),
    words("term"),
    decimal("under base", "base", _NATS, 4),
    decimal("under trained", "value", _NATS, 4),
    change("difference", digits=4),
    count("positions"),
)
