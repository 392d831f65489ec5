"""The first screen of the page of judged samples: the answer, and what limits it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ssdmath.contrasts.wording import ONE_RUN
from ssdmath.imported import summary
from ssdmath.imported.results import Judged
from ssdmath.report import format as fmt
from ssdmath.report import phrases
from ssdmath.report.blocks import Column, Plot, Row, Table
from ssdmath.report.figures import intervals
from ssdmath.report.sections import answer, health
from ssdmath.tables import statuses

SCORES, CONTRASTS = "scores.parquet", "contrasts.parquet"
TERMS = {
    "side": "the draws of one model at one decoding: one of the files or folders that were given",
    "accuracy": "share of right answers among all draws; one that was cut off is not right",
    "points": "percentage points: the difference of two accuracies",
    "undecided": "the interval holds both zero and differences that would matter",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first screen shows."""

    question: str
    size: str
    headline: str
    sentences: list[str]  # one for each comparison, or one on the only side
    plots: list[Plot]
    notes: list[str]
    tables: list[Table]
    terms: list[tuple[str, str]]


def opening(judged: Judged) -> Opening:
    """The first screen; every comparison is of the first side with another."""
    rows = [_plain(row) for row in judged.contrasts.to_dicts()]
    draws = fmt.count(sum(side.frame.height for side in judged.sides), "draw")
    problems = fmt.count(judged.problems.height, "problem")
    return Opening(
        question=_question(judged.names),
        size=f"{fmt.count(len(judged.sides), 'side')}, {problems}, {draws}",
        headline=_headline(judged, rows),
        sentences=[_compared(row, judged.cells) for row in rows] or _alone(judged.cells),
        plots=[_rates(judged), *_differences(judged)],
        notes=[*_notes(rows), *summary.notes(judged.sides, judged.problems.height)],
        tables=_tables(judged),
        terms=[*TERMS.items(), *statuses.MEANINGS.items()],
    )


def _plain(row: Row) -> Row:
    """A contrast without what each verdict of this page would begin with."""
    return {**row, "verdict": str(row["verdict"]).removeprefix(ONE_RUN)}


def _question(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"How many problems do the samples of {names[0]} solve?"
    others = names[1] if len(names) == 2 else f"each of {len(names) - 1} others"
    return f"Do the samples of {names[0]} solve more problems than those of {others}?"


def _headline(judged: Judged, rows: Sequence[Row]) -> str:
    if not rows:
        return f"{judged.names[0]}: {fmt.percent(judged.cells['accuracy'][0])} correct"
    if len(rows) == 1:
        return phrases.headline(rows[0])
    counts = Counter(row["verdict"].partition(" (")[0] for row in rows)
    words = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    return f"{judged.names[0]} against {len(rows)} others: {words}"


def _compared(row: Row, cells: pl.DataFrame) -> str:
    """A comparison in a sentence; accuracies only where both are of the compared problems."""
    rates = {cell["model"]: cell for cell in cells.to_dicts()}
    a, b = rates[row["a"]], rates[row["b"]]
    subject = f"{row['a']} against {row['b']}"
    if a["problems"] == b["problems"] == row["problems"]:
        subject = (
            f"accuracy is {fmt.percent(a['accuracy'])} for {row['a']} and "
            f"{fmt.percent(b['accuracy'])} for {row['b']}"
        )
    interval = f"95\u00a0% interval {fmt.interval(row['lo'], row['hi'])}"
    parts = [
        f"On the {fmt.count(row['problems'], 'problem')} that both have, {subject}: a difference "
        f"of {fmt.points(row['delta'])} ({interval}, {fmt.pvalue(row['p_bh'])}).",
        phrases.needed(row),
    ]
    return " ".join(part for part in parts if part)


def _notes(rows: Sequence[Row]) -> list[str]:
    """What limits the comparisons; said once where it holds for all."""
    by_note: dict[str, list[str]] = {}
    for row in rows:
        by_note.setdefault(str(row["note"]), []).append(row["contrast"])
    return [
        f"{note}." if len(names) == len(rows) else f"{', '.join(names)}: {note}."
        for note, names in by_note.items()
        if note
    ]


def _alone(cells: pl.DataFrame) -> list[str]:
    cell = cells.row(0, named=True)
    return [
        f"{fmt.percent(cell['accuracy'])} of {fmt.count(cell['draws'], 'draw')} of "
        f"{fmt.count(cell['problems'], 'problem')} are correct "
        f"(95\u00a0% interval {fmt.interval(cell['lo'], cell['hi'])})."
    ]


def _rates(judged: Judged) -> Plot:
    cells = judged.cells
    rates = [f"{row['model']} {fmt.percent(row['accuracy'])}" for row in cells.to_dicts()]
    return Plot(
        id="figure-accuracy",
        title="Accuracy of each side",
        figure=intervals.rates(cells, judged.names),
        reading=f"{'; '.join(rates)}.",
        how="Bars: 95 % intervals over problems. Overlapping intervals do not rule out a "
        "difference, because comparisons are paired by problem.",
        source=judged.source(SCORES),
    )


def _differences(judged: Judged) -> list[Plot]:
    table = judged.contrasts
    if not table.height:
        return []
    if table.height == 1:
        row = table.row(0, named=True)
        title, figure = f"{row['contrast']}", intervals.single(table, row["a"], row["b"])
    else:
        title, figure = "The first side against each other", intervals.differences(table)
    how = "Dot: estimate. Bar: 95 % interval, paired by problem."
    reading = answer.reading(table)
    return [Plot("figure-differences", title, figure, reading, how, judged.source(CONTRASTS))]


def _tables(judged: Judged) -> list[Table]:
    """The tables that a study's report has, without the columns in which nothing is known."""
    sides, source = judged.cells.to_dicts(), judged.source(SCORES)
    cells = Table("table-sides", "All sides", _known(health.COLUMNS, sides), sides, source=source)
    compared = judged.contrasts.to_dicts()
    if not compared:
        return [cells]
    columns, source = _known(answer.CONTRAST, compared), judged.source(CONTRASTS)
    title = "All comparisons"
    return [Table("table-contrasts", title, columns, compared, answer.VERDICT, source), cells]


def _known(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    return [column for column in columns if any(column.cell(row).key is not None for row in rows)]
