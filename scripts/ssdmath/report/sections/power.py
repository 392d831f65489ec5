"""The section on power sampling: what it reaches, and how many tokens its moves take."""

from typing import Any

from ssdmath.config.names import POWER, Cell
from ssdmath.config.power import has_power
from ssdmath.report.blocks import Section, Table
from ssdmath.report.columns import count, decimal, percent, words
from ssdmath.report.results import Results
from ssdmath.tables import chains

TITLE = "Power sampling: accuracy and tokens"
COLUMNS = (
    words("decoding"),
    words("split"),
    percent("accuracy"),
    count("draws"),
    decimal("tokens kept", "kept", "per draw: those of the completion", 1),
    decimal("tokens drawn", "drawn", "per draw, with drafts and redraws that were given up", 1),
    decimal("drawn per kept", "factor", "", 2),
    percent("moves accepted", "accepted", "also those whose redraw was what stood there"),
    percent(
        "that changed it",
        "changed",
        "moves after which the completion was another; few: the "
        "chain is still close to its first draft",
    ),
)
_NOTE = (
    "Base without any training, decoded in proportion to a power of the probability of whole "
    "completions (docs/method.md, section 2). A finite number of moves comes close to that power "
    "and does not reach it. Tokens that a redraw reads again, but does not draw, are not counted."
)


def power(results: Results) -> list[Section]:
    """Accuracy and cost of every decoding with a power; no section in a study without one."""
    paths = [path for path in results.inputs.samples if has_power(Cell.of(path).decoding)]
    costs = chains.read(paths)
    accuracies = {
        (row["split"], row["decoding"]): row["accuracy"]
        for row in results.all_strata().iter_rows(named=True)
        if row["arm"] == POWER
    }
    rows = [
        _row(cell.decoding, cell.split, cost, accuracies[cell.split, cell.decoding])
        for cell, cost in sorted(costs.items())
        if (cell.split, cell.decoding) in accuracies
    ]
    if not rows:
        return []
    source = results.sources("cells of samples with a power", paths)
    table = Table("table-power", _lead(rows), COLUMNS, rows, _NOTE, source)
    return [Section("power", TITLE, [table])]


def _row(decoding: str, split: str, cost: chains.Cost, accuracy: float | None) -> dict[str, Any]:
    return {
        "decoding": decoding,
        "split": split,
        "accuracy": accuracy,
        "draws": cost.draws,
        "kept": cost.kept / cost.draws,
        "drawn": cost.drawn / cost.draws,
        "factor": cost.factor,
        "accepted": cost.accepted / cost.moves,
        "changed": cost.changed / cost.moves,
    }


def _lead(rows: list[dict[str, Any]]) -> str:
    most = max(rows, key=lambda row: float(row["factor"]))
    return f"A draw takes up to {most['factor']:.1f} times the tokens that it keeps"
