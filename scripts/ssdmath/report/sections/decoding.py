"""The section on what decoding alone does to the untrained model."""

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Plot, Section, without
from ssdmath.report.figures import intervals
from ssdmath.report.results import Results

TITLE = "What decoding alone does"


def decoding(results: Results) -> Section:
    """Every decoding of base on validation, best first."""
    cells = results.all_strata("validation").filter(condition=BASE).with_columns(label="decoding")
    rows = cells.sort("accuracy", "t_eval", descending=[True, False])
    if rows.height < 2:
        return without("decoding", TITLE, "Base was evaluated at one decoding only.")
    best, worst = rows.row(0, named=True), rows.row(-1, named=True)
    plot = Plot(
        id="figure-control",
        title="Base at every decoding, validation problems",
        figure=intervals.rates(rows, results.conditions),
        reading=f"Without any training, base ranges from {fmt.percent(worst['accuracy'])} "
        f"({worst['decoding']}) to {fmt.percent(best['accuracy'])} ({best['decoding']}).",
        how="A trained model has to beat the best of these, not only base at its own temperature.",
        source=results.source(results.inputs.scores),
    )
    return Section("decoding", TITLE, [plot])
