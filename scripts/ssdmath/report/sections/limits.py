"""The section on limits: what this study cannot show, from its own numbers."""

from collections.abc import Iterator

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Prose, Section
from ssdmath.report.results import Results
from ssdmath.report.sections import imported, study_card
from ssdmath.tables import statuses

TITLE = "What this study cannot show"


def limits(results: Results) -> Section:
    """The limits of the model, the choice, the power, the cap, the judging and the data."""
    return Section("limits", TITLE, [Prose(list(_sentences(results)), listed=True)])


def _sentences(results: Results) -> Iterator[str]:
    cells, row = results.all_strata(), results.primary
    if note := study_card.laboratory(results):
        yield f"Model: {note[0].lower()}{note[1:]}"
    chosen = "the checkpoint, both temperatures and the truncation were"
    yield (
        f"Choice: {chosen if results.study.runs else 'the decoding was'} chosen on validation, "
        "so accuracies on validation flatter the winners; only the contrasts on test are free of "
        "that."
    )
    if row is not None and row["mde80"] is not None:
        yield (
            f"Power: the primary contrast detects a true difference of {100 * row['mde80']:.1f} "
            "points with 80 % power; a smaller effect may exist and go undetected."
        )
    if row is not None and row["runs"] and row["runs"] < 5:
        yield _repeated(row["runs"])
    yield from imported.sentences(results)
    if cells.height and imported.knows_ends(results):
        stop = float(cells[f"share_{statuses.LENGTH_STOP}"].max() or 0)  # type: ignore[arg-type]
        yield (
            f"Cap: a completion is cut at {results.study.sampling.cap:,} tokens and then counts as "
            f"not correct; in the worst cell {fmt.percent(stop)} of the draws were cut."
        )
    shares = [f"share_{status}" for status in statuses.UNJUDGED]
    unjudged = cells.select(pl.sum_horizontal(shares).max()).item()
    yield (
        f"Judging: at most {fmt.percent(unjudged or 0)} of a cell's draws could not be judged; "
        "they count as draws that are not correct."
    )
    if missing := int(cells["missing"].sum() or 0):
        yield f"Completeness: the scores lack {fmt.count(missing, 'planned draw')}."
    yield (
        "Contamination: the section on data shows what was found between the splits; what the base "
        "model saw in its pretraining is unknown unless the study trained that model itself."
    )


def _repeated(runs: int) -> str:
    if runs < 2:
        return "Training seeds: one run per condition; how another seed would do is not known."
    return f"Training seeds: {runs} runs per condition, which is few to estimate their spread."
