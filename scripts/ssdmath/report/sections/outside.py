"""The section on forgetting: each tested arm against base on the outside problems."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ssdmath.contrasts.outside import AT_BEST, SAME_DECODING
from ssdmath.contrasts.wording import called
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Prose, Row, Section, Table
from ssdmath.report.columns import count, interval, number, percent, points, words
from ssdmath.report.figures import in_and_out
from ssdmath.report.results import Results
from ssdmath.tables import derived_schemas, statuses

TITLE = "What training forgets"
COMPARED = (
    words("arm"),
    words("compared"),
    words("verdict"),
    points("outside, points", "delta", "accuracy of the arm minus that of base"),
    interval(),
    points("loss at most", "loss_at_most", "points; a larger one is ruled out (95 %)", plus=False),
    number("p, corrected", "p_holm", fmt.probability, "Holm, within this table"),
    points("finds", "mde80", "points; this design finds them four times in five", plus=False),
    words(
        "on test, points",
        lambda row: (
            f"{fmt.signed(row['inside_delta'], plus=True)} "
            f"{fmt.interval(row['inside_lo'], row['inside_hi'])}"
        ),
        help_="the same comparison inside the domain",
    ),
    count("problems"),
    count("runs"),
    words("note"),
)


def outside(results: Results) -> list[Section]:
    """The comparisons, a figure of them, and the cells behind; no section without the split."""
    path = results.inputs.outside
    if path is None:
        return []
    rows = results.read(path, derived_schemas.OUTSIDE)
    table = Table(
        "table-outside", "Each arm against base", COMPARED, rows, source=results.source(path)
    )
    said = Prose([verdict(row) for row in rows.to_dicts()], listed=True)
    return [Section("outside", TITLE, [table, _figure(results, rows), said, *_cells(results)])]


def summary(rows: pl.DataFrame) -> str:
    """Which arms lost accuracy outside by training alone: at one decoding of both."""
    arms: dict[int, list[str]] = {-1: [], 1: [], 0: []}
    for row in rows.filter(compared=SAME_DECODING).to_dicts():
        arms[called(row)].append(row["arm"])
    said = {
        -1: "accuracy outside is lower",
        1: "accuracy outside is higher",
        0: "no difference is shown",
    }
    parts = [f"{said[sign]} for {', '.join(names)}" for sign, names in arms.items() if names]
    return f"Against base at the same decoding, {'; '.join(parts)}."


def verdict(row: Row) -> str:
    """What a comparison says about forgetting, as a sentence."""
    change = f"{row['arm']} against base, {row['compared']}: {fmt.points(row['delta'])}"
    opening = f"{change} {fmt.interval(row['lo'], row['hi'])} on the outside problems"
    sign = called(row)
    if sign:
        return f"{opening}, a {'gain' if sign > 0 else 'loss'}."
    most = f"a loss of more than {fmt.signed(row['loss_at_most'])} points is ruled out (95 %)"
    end = ""
    if row["mde80"] is not None:
        end = f"; this design finds {fmt.signed(row['mde80'])} points four times in five"
    return f"{opening}, no difference is shown; {most}{end}."


def _figure(results: Results, rows: pl.DataFrame) -> Panels:
    compared = {how: rows.filter(compared=how) for how in (AT_BEST, SAME_DECODING)}
    return Panels(
        id="figure-outside",
        title="Change against base, on test and outside",
        plots=[(how, in_and_out.change(part)) for how, part in compared.items()],
        reading=summary(rows),
        how="A point per arm with 95 % intervals in both directions. Right of the upright dashed "
        "line it is ahead of base on test, below the level one behind base outside.",
        source=results.source(results.inputs.outside),
    )


def _cells(results: Results) -> Iterator[Block]:
    """The cells of outside, and how many of their draws could not be judged."""
    path = results.inputs.outside_scores
    if path is None:
        return
    cells = results.read(path).filter(stratum="all")
    shares = [f"share_{status}" for status in statuses.UNJUDGED]
    unjudged = (pl.sum_horizontal(shares) * pl.col("draws")).round().cast(pl.Int64)
    cells = cells.with_columns(unjudged=unjudged)
    totals = cells.select(pl.col("draws", "unjudged", "missing").sum()).row(0, named=True)
    yield Prose([_counted(totals)])
    yield Table("table-outside-cells", "Cells", CELLS, cells, source=results.source(path))


def _counted(totals: dict[str, Any]) -> str:
    return (
        f"Of {fmt.count(totals['draws'], 'draw')} outside, {totals['unjudged']:,} could not be "
        f"judged and count as not correct; {totals['missing']:,} are missing."
    )


CELLS = (
    words("model"),
    words("decoding"),
    percent("accuracy"),
    interval(),
    count("problems"),
    count("draws"),
    count("not judged", "unjudged"),
    count("missing"),
    percent("cut off", f"share_{statuses.LENGTH_STOP}"),
)
