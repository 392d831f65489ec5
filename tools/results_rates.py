"""The table of arms that differ in their training alone: learning rate, adapters, difference."""

from pathlib import Path
from typing import Any

from results_contrasts import digest

from ssdmath.config.terms import NULL
from ssdmath.finished import figures
from ssdmath.finished.folder import read
from ssdmath.report.sections import rates
from ssdmath.tables import markdown

CONTROL = ("contrast", "delta", "lo", "hi")


def collect(study: Path) -> dict[str, Any]:
    """Take how each arm trains and what came of it, with the digest of the table read."""
    results = figures.results(read(study))
    arms = [arm for names in rates.alike(results.study) for arm in names]
    return {
        "study": study.name,
        "table_sha256": digest(study / "contrasts.csv"),
        "rows": [rates.row(results, arm) for arm in arms],
        "controls": results.contrasts.filter(family=NULL).select(CONTROL).to_dicts(),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render the table, adapters after all weights, each from the lowest rate to the highest."""
    order = sorted(
        numbers["rows"], key=lambda row: (row["trains"] != rates.ALL_WEIGHTS, row["rate"])
    )
    rows = [
        [
            row["trains"],
            f"{row['rate']:g}",
            f"`{row['arm']}`",
            f"{100 * row['accuracy']:.1f} %",
            "" if row["delta"] is None else markdown.points(row),
            row["verdict"] or "",
        ]
        for row in order
    ]
    header = ["trains", "learning rate", "arm", "accuracy on validation, at its best"]
    header += ["against base on test, points [95 % interval]", "verdict"]
    controls = "; ".join(
        f"{row['contrast']}: {markdown.points(row)}" for row in numbers["controls"]
    )
    return markdown.table(header, rows, align="lrlrrl") + f"\n\nNull checks: {controls}.\n"
