"""The table of one model's decodings: accuracy, how draws ended, and what the study took."""

from pathlib import Path
from typing import Any

import polars as pl
from results_contrasts import COLUMNS, digest
from results_machines import usage

from ssdmath.tables import markdown

SHARES = ["correct", "wrong", "no_box", "length_stop", "parse_fail"]
CELL = ["split", "decoding", "problems", "draws", "accuracy", "lo", "hi"]


def collect(study: Path) -> dict[str, Any]:
    """Take the scores of base and the contrasts of a study's folder, with the table's digest."""
    scores = pl.read_parquet(study / "scores.parquet").filter(stratum="all", model="base")
    contrasts = pl.read_parquet(study / "contrasts.parquet").select(COLUMNS)
    return {
        "study": study.name,
        "table_sha256": digest(study / "scores.csv"),
        "rows": scores.select(*CELL, *(f"share_{name}" for name in SHARES)).to_dicts(),
        "contrasts": contrasts.to_dicts(),
        "processor_minutes": round(usage(study)["cpu"].sum() / 60, 1),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render one row per cell, then the contrasts and the time in sentences."""
    rows = [
        [
            f"`{row['decoding']}`",
            row["split"],
            row["problems"],
            row["draws"],
            f"{100 * row['accuracy']:.1f} % [{100 * row['lo']:.1f}, {100 * row['hi']:.1f}]",
            *(f"{100 * row[f'share_{name}']:.0f} %" for name in SHARES),
        ]
        for row in numbers["rows"]
    ]
    header = ["decoding", "split", "problems", "draws", "accuracy [95 %]", *SHARES]
    compared = "; ".join(
        f"{row['contrast']}: {markdown.points(row)} points, {row['verdict']}"
        for row in numbers["contrasts"]
    )
    took = f"The jobs took {numbers['processor_minutes']:g} minutes of processor time."
    return markdown.table(header, rows, "llrr" + "r" * 6) + f"\n\n{compared}. {took}\n"
