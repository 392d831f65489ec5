"""What restricts the answer: the controls with their state, and the study's warnings."""

from ssdmath.contrasts import borders
from ssdmath.contrasts.controls import controls
from ssdmath.report import format as fmt
from ssdmath.report import phrases
from ssdmath.report.blocks import Row
from ssdmath.report.phrases import Phrase, Piece
from ssdmath.report.results import Results
from ssdmath.report.sections import released, training


def control_states(results: Results) -> list[tuple[str, str, str, Phrase]]:
    """Each control with its state and numbers, the runs of its trained side included."""
    return [
        (control.state, str(control.row["contrast"]), control.meaning, _control(control.row))
        for control in controls(results.contrasts.iter_rows(named=True))
    ]


def _control(row: Row) -> Phrase:
    difference, *comparison = phrases.numbers(row)
    size = fmt.count(row["problems"], "problem")
    text = difference.text.replace(f", {row['split']}: ", f", {size} of {row['split']}")
    return [Piece(text), *comparison]


def warnings(results: Results) -> list[str]:
    """What restricts the answer: alarms, borders of the grid, few runs, filters, looks at test."""
    texts = [
        f"control failed: {control.row['contrast']}: {fmt.points(control.row['delta'])} "
        f"{fmt.interval(control.row['lo'], control.row['hi'])}"
        for control in controls(results.contrasts.iter_rows(named=True))
        if control.state == "ALARM"
    ]
    texts += borders.messages(results.chosen.get("arms", {}))
    if (row := results.primary) is not None and row["runs"] == 1:
        texts.append("a side of the primary contrast has one training run")
    texts += [*training.warnings(results), *released.warnings(results)]
    return [*texts, *map(str, results.ledger.get("problems", []))]
