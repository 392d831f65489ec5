"""The tables of a real model's study: base's decodings, the contrasts, and what the jobs took."""

from pathlib import Path
from typing import Any

import polars as pl
import results_contrasts as contrasts
from results_machines import usage

from ssdmath.tables import markdown

SHARES = ["correct", "wrong", "no_box", "length_stop", "parse_fail"]
CELL = ["split", "decoding", "problems", "draws", "accuracy", "lo", "hi"]


def collect(study: Path) -> dict[str, Any]:
    """Take base's scores beside contrasts and choices of a study's folder."""
    scores = pl.read_parquet(study / "scores.parquet").filter(stratum="all", model="base")
    return contrasts.collect(study) | {
        "table_sha256": contrasts.digest(study / "scores.csv"),
        "rows": scores.select(*CELL, *(f"share_{name}" for name in SHARES)).to_dicts(),
        "processor_minutes": round(usage(study)["cpu"].sum() / 60, 1),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render one row per cell of base, then one per contrast, then the time."""
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
    took = f"The jobs took {numbers['processor_minutes']:g} minutes of processor time."
    cells = markdown.table(header, rows, "llrr" + "r" * 6)
    return f"{cells}\n\n{contrasts.block(numbers)}\n{took}\n"
