"""What a finished study says, for the terminal: its primary contrast and its controls."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ssdmath.config.terms import PRIMARY
from ssdmath.contrasts.controls import controls


def text(file: Path) -> str:
    """The primary contrast and the state of each control, one line each, from contrasts.csv."""
    with file.open(newline="", encoding="utf-8") as stream:
        numbers = ("delta", "lo", "hi")
        rows = [row | {n: float(row[n]) for n in numbers} for row in csv.DictReader(stream)]
    lines = [f"{row['contrast']}: {_found(row)}" for row in rows if row["family"] == PRIMARY]
    checks = [(check.state, check.row) for check in controls(rows)]
    lines += [f"control {state}: {row['contrast']}: {_found(row)}" for state, row in checks]
    return "\n".join(lines)


def _found(row: Mapping[str, Any]) -> str:
    lo, hi = (f"{100 * row[name]:.1f}" for name in ("lo", "hi"))
    return f"{100 * row['delta']:+.1f} points [{lo}, {hi}] on {row['split']}: {row['verdict']}"
