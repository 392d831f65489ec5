"""The section on the health of the cells: how draws end, how long they are, every number."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Section, Table
from ssdmath.report.columns import count, decimal, interval, number, percent, words
from ssdmath.report.figures import conditions, curves, intervals
from ssdmath.report.results import Results
from ssdmath.report.sections.accuracy import sweep
from ssdmath.tables import statuses

SHARES = [f"share_{status}" for status in statuses.STATUSES]
NOT_ANSWERED = [status for status in statuses.STATUSES if status not in statuses.JUDGED]


def health(results: Results) -> Section:
    """Where draws end, how long they are, and the table of all cells."""
    cells, names = sweep(results), results.conditions
    source = results.source(results.inputs.scores)
    blocks: list[Block] = []
    if cells.height:
        blocks = [_ends(cells, names, source)]
    if cells["tokens_median"].drop_nulls().len():
        blocks.append(_lengths(cells, names, results.study.sampling.cap, source))
    return Section("health", "Health of the cells", [*blocks, cell_table(results)])


def _ends(cells: pl.DataFrame, names: list[str], source: str) -> Plot:
    pooled = conditions.ranked(conditions.pooled(cells, SHARES), names)
    means = {column: float(pooled[column].mean() or 0) for column in SHARES}  # type: ignore[arg-type]
    shares = [
        f"{status} {fmt.percent(means[f'share_{status}'])}"
        for status in NOT_ANSWERED
        if pooled[f"share_{status}"].drop_nulls().len()
    ]
    return ends(
        pooled.with_columns(label=pl.format("{} · {}", "condition", "decoding")),
        title="How the draws end, validation problems",
        reading=f"Mean over the cells shown: {', '.join(shares)}.",
        how="One bar per condition and decoding, over all its draws.",
        source=source,
    )


def ends(cells: pl.DataFrame, *, title: str, reading: str, how: str, source: str) -> Plot:
    """The statuses of each cell, stacked. `cells`: label, and the share of each status."""
    long = cells.unpivot(SHARES, index="label", variable_name="status")
    rows = long.rename({"value": "share"}).with_columns(pl.col("status").str.strip_prefix("share_"))
    return Plot(
        id="figure-status",
        title=title,
        figure=intervals.statuses(rows.filter(pl.col("share") > 0)),
        reading=reading,
        how=f"{how} Only a correct answer counts; draws that could not be judged "
        f"({', '.join(statuses.UNJUDGED)}) are shown as such.",
        source=source,
    )


def _lengths(cells: pl.DataFrame, names: list[str], cap: int, source: str) -> Plot:
    medians = conditions.pooled(cells, ["tokens_median"]).drop_nulls("tokens_median")
    mean = dict(medians.group_by("condition").agg(pl.col("tokens_median").mean()).iter_rows())
    medians_of = [f"{name} {mean[name]:.0f}" for name in names if name in mean]
    return Plot(
        id="figure-lengths",
        title="Length of completions, validation problems",
        figure=curves.lengths(cells, names, cap),
        reading=f"Median tokens, mean over T_eval: {', '.join(medians_of)}." if medians_of else "",
        how="Kaplan-Meier median, because a draw cut at the cap is censored. Band: the middle "
        "half. Dashed: the cap.",
        source=source,
    )


COLUMNS = (
    words("model"),
    words("split"),
    words("decoding"),
    count("problems"),
    count("draws"),
    count("missing", help_="planned draws that are not there"),
    percent("accuracy", help_="correct draws among all draws"),
    interval(),
    percent("completed", "accuracy_completed", "accuracy among draws that stopped by themselves"),
    *(
        percent(status.replace("_", " "), f"share_{status}", statuses.MEANINGS[status])
        for status in NOT_ANSWERED
    ),
    percent("think closed", "think_closed", "draws that close their thinking"),
    percent("boxed", help_="draws with a boxed answer"),
    percent("loop", help_="draws that end in a repetition loop"),
    decimal(
        "markers", help_="uncertainty markers per draw (Wait, Hmm, let me check, ...)", digits=2
    ),
    number("tokens", "tokens_median", lambda tokens: f"{tokens:.0f}", "Kaplan-Meier median"),
    decimal("answers", "distinct_answers", "distinct answers per problem", digits=2),
    percent("within", "within_share", "share of the variance that lies within problems"),
)


def cell_table(results: Results) -> Table:
    """Every cell of the study with its accuracy, interval and health."""
    cells = results.all_strata()
    methods = ", ".join(sorted(set(cells["interval_method"].drop_nulls())))
    note = f"Click a column's header to sort by it. Intervals: {methods}"
    source = results.source(results.inputs.scores)
    return Table("table-cells", "All cells, one row per cell", COLUMNS, cells, note, source)
