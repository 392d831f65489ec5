"""The section on difficulty: each condition's best cell, stratum by stratum."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Plot, Section, without
from ssdmath.report.figures import conditions, intervals
from ssdmath.report.results import Results
from ssdmath.report.sections import differences

TITLE = "By difficulty"


def difficulty(results: Results) -> Section:
    """Accuracy by stratum, every condition at its own best decoding."""
    best = conditions.best(results.cells).select("condition", "decoding")
    cells = results.cells.filter(pl.col("split") == "validation", pl.col("stratum") != "all").join(
        best, on=["condition", "decoding"], how="semi"
    )
    if not cells.height:
        return without("difficulty", TITLE, "The problems have no strata.")
    rows = conditions.pooled(cells)
    easiest_first = conditions.ranked(rows, results.strata, "stratum")
    base = easiest_first.filter(condition=BASE)
    rates = [f"{row['stratum']}: {fmt.percent(row['accuracy'])}" for row in base.to_dicts()]
    plot = Plot(
        id="figure-strata",
        title="Accuracy by stratum, each condition at its best decoding, validation problems",
        figure=intervals.strata(easiest_first, results.conditions),
        reading=f"Accuracy of base by stratum. {'; '.join(rates)}." if rates else "",
        how="Bars: 95 % intervals within the stratum, which has fewer problems than the split. "
        "“base a-b %”: problems by the share that base solves, measured on separate draws.",
        source=results.source(results.inputs.scores),
    )
    return Section("difficulty", TITLE, [plot, *differences.inside(results)])
