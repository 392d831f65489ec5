"""A fork and a lock before and after training: the picture of why SSD may help in a micro world."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.config.terms import SSD
from ssdmath.mechanism.schemas import TRUTH
from ssdmath.report import deltas
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Plot
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results

PLACES = {"fork": "right routes at forks", "lock": "right token at locks"}


def before_after(results: Results) -> Plot | None:
    """Mass on what is right at true forks and locks, at T = 1 and at the hottest T_eval.

    None where no truth is known or no arm `ssd` was examined.
    """
    path = results.inputs.truth
    if path is None:
        return None
    table = deltas.named(results, results.read(path, TRUTH)).filter(
        pl.col("label").is_in(list(PLACES)), arm=SSD, role="observed", metric="right"
    )
    hottest = table["t_eval"].max()
    if not isinstance(hottest, float):
        return None
    table = table.filter(model=table["model"][0])
    rows = table.filter(pl.col("t_eval").is_in([1.0, hottest])).sort("label", "t_eval")
    return Plot(
        id="figure-before-after",
        title="Forks and locks before and after training",
        figure=lines.bars(
            _bars(rows),
            deltas.legend(results, table),
            "where, and the temperature of decoding",
            Over("mass on what is right", ".0%"),
        ),
        reading=_reading(rows, hottest),
        how="A fork is the first word of a route to the answer, where several words are right. A "
        "lock is a token that is forced. A higher temperature takes mass from the popular mistake "
        "at forks, but gives some to tokens that are wrong, at locks above all. SSD should remove "
        "those tokens, so that the trained model can be decoded at a higher temperature.",
        source=results.source(path),
    )


def _bars(rows: pl.DataFrame) -> pl.DataFrame:
    """Base and the trained model side by side: condition, x, value."""
    place = pl.col("label").replace_strict(PLACES, return_dtype=pl.String)
    x = pl.format(
        "{}, T\u00a0=\u00a0{}", place, pl.col("t_eval").map_elements("{:g}".format, pl.String)
    )
    base = rows.select(pl.lit(BASE).alias("condition"), x.alias("x"), pl.col("base").alias("value"))
    return pl.concat([base, rows.select("condition", x.alias("x"), "value")])


def _reading(rows: pl.DataFrame, hottest: float) -> str:
    at = {(row["label"], row["t_eval"]): row for row in rows.to_dicts()}
    lock, fork = at["lock", hottest], at["fork", hottest]
    return (
        f"At T = {hottest:g} a lock keeps {fmt.percent(lock['value'])} of its mass after training "
        f"and {fmt.percent(lock['base'])} before; right routes have "
        f"{fmt.percent(fork['value'])} and {fmt.percent(fork['base'])}."
    )
