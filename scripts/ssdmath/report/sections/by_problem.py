"""The section on single problems: which gain, which lose, and how much of that is noise."""

from typing import Any

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report import phrases
from ssdmath.report.blocks import Panels, Section, without
from ssdmath.report.figures import by_problem as figures
from ssdmath.report.results import Results
from ssdmath.report.sections import viewer
from ssdmath.tables import derived_schemas

TITLE = "Which problems gain"
MISSING = (
    "This study has no primary contrast of single draws with at least two draws or runs of every "
    "problem on either side."
)


def by_problem(results: Results) -> Section:
    """Both sides of the primary contrast, a point per problem, with the noise taken off."""
    path, row = results.inputs.by_problem, results.primary
    if path is None or results.inputs.spread is None or row is None:
        return without("by-problem", TITLE, MISSING)
    table = results.read(path, derived_schemas.BY_PROBLEM).filter(contrast=row["contrast"])
    spreads: Any = results.read_json(results.inputs.spread)["contrasts"]
    spread = next((one for one in spreads if one["contrast"] == row["contrast"]), None)
    if not table.height or spread is None:
        return without("by-problem", TITLE, MISSING)
    links = viewer.addresses(results)
    linked = table.with_columns(
        link=pl.col("problem").replace_strict(links, default=None, return_dtype=pl.String)
    )
    a, b = (phrases.arm(row[side]) for side in "ab")
    plots = [(f"Pass rates of {a} and {b}", figures.rates(linked, a, b, results.strata))]
    if table["held_out"].drop_nulls().len():
        title = "Gain by base's pass rate in held-out draws"
        plots.append((title, figures.over_held_out(linked, a, b, results.strata)))
    panels = Panels(
        id="figure-by-problem",
        title=f"{row['contrast']}: problem by problem ({row['split']})",
        plots=plots,
        reading=reading(spread),
        how="One point per problem, at the best guess of its pass rates: what was seen, drawn "
        "towards what all problems show (docs/method.md, section 5). Above the dashed line it "
        "gained. Problems at one place stand around it. A click opens the problem in the viewer.",
        source=results.source(path, results.inputs.spread),
    )
    return Section("by-problem", TITLE, [panels])


def reading(spread: dict[str, Any]) -> str:
    """How much of the spread of the differences is more than noise, in a sentence or two."""
    seen, noise, true = (_points(spread[name]) for name in ("observed", "noise", "true"))
    ends = fmt.interval(spread["lo"], spread["hi"])
    opening = (
        f"The differences of {fmt.count(spread['problems'], 'problem')} have a standard deviation "
        f"of {seen}; noise alone would make {noise}."
    )
    if spread["lo"] > 0:
        return (
            f"{opening} The true differences have one of {true} {ends}: "
            f"{fmt.percent(spread['share'], 0)} of the variance is more than noise."
        )
    return (
        f"{opening} That problems differ in what they gain is not shown: the true differences have "
        f"a standard deviation of {true} {ends}."
    )


def _points(share: float) -> str:
    return f"{fmt.signed(share)}{fmt.NBSP}points"
