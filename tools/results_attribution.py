"""The table of a study's attribution: steps from base at its default to ssd, and their sum."""

from pathlib import Path
from typing import Any

import polars as pl
from results_contrasts import digest

from ssdmath.contrasts.attribution import TOTAL
from ssdmath.tables import markdown

COLUMNS = ["cause", "meaning", "step", "delta", "lo", "hi", "verdict", "split", "runs", "problems"]


def collect(study: Path) -> dict[str, Any]:
    """Take the attribution of a study's folder, with the digest of the table read."""
    return {
        "study": study.name,
        "table_sha256": digest(study / "attribution.csv"),
        "attribution": pl.read_parquet(study / "attribution.parquet").select(COLUMNS).to_dicts(),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render the steps in their order, then their total, then what stands beside the chain."""
    rows = numbers["attribution"]
    steps = sorted((row for row in rows if row["step"]), key=lambda row: row["step"])
    total = [row for row in rows if row["cause"] == TOTAL]
    beside = [row for row in rows if not row["step"] and row["cause"] != TOTAL]
    header = ["step", "cause", "points [95 % interval]", "verdict", "compared"]
    text = markdown.table(header, [_row(row) for row in (*steps, *total, *beside)], align="llrll")
    added = 100 * sum(row["delta"] for row in steps)
    whole = "".join(f"; the total is {100 * row['delta']:+.2f}" for row in total)
    return f"{text}\n\nThe {len(steps)} steps add up to {added:+.2f} points{whole}.\n"


def _row(row: dict[str, Any]) -> list[str]:
    step = str(row["step"]) if row["step"] else ("=" if row["cause"] == TOTAL else "beside")
    return [step, row["cause"], markdown.points(row), row["verdict"], row["meaning"]]
