"""The table of a study's declared contrasts, and what each arm chose on validation."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.tables import markdown

COLUMNS = ["contrast", "a", "b", "split", "problems", "runs", "delta", "lo", "hi", "verdict"]


def collect(study: Path) -> dict[str, Any]:
    """Take contrasts and choices of a study's folder, with the digest of the table read."""
    arms = json.loads((study / "chosen.json").read_text())["arms"]
    return {
        "study": study.name,
        "table_sha256": digest(study / "contrasts.csv"),
        "contrasts": pl.read_parquet(study / "contrasts.parquet").select(COLUMNS).to_dicts(),
        "chosen": {arm: _choice(arms[arm]) for arm in sorted(arms)},
    }


def digest(table: Path) -> str:
    """Sha256 of a table's bytes."""
    return hashlib.sha256(table.read_bytes()).hexdigest()


def _choice(arm: dict[str, Any]) -> dict[str, Any]:
    """The winner of an arm: its decoding, its accuracy with an interval, the borders it lies on."""
    kept = {key: arm["winner"][key] for key in ("train_decoding", "decoding", "mean", "lo", "hi")}
    return kept | {"border": [border["axis"] for border in arm["border"]]}


def block(numbers: dict[str, Any]) -> str:
    """Render the table: one row per contrast, differences in points with their 95 % intervals."""
    rows = [
        [row["contrast"], row["split"], row["runs"] or "", markdown.points(row), row["verdict"]]
        for row in numbers["contrasts"]
    ]
    header = ["comparison", "split", "runs", "points [95 % interval]", "verdict"]
    text = markdown.table(header, rows, align="llrrl").rstrip("\n") + "\n"
    return text + (f"\n{_chosen(numbers['chosen'])}\n" if "chosen" in numbers else "")


def _chosen(arms: dict[str, Any]) -> str:
    """Say which decoding is the best of each arm, and whether it lies on the grid's border."""
    told = ", ".join(
        f"{arm} `{one['decoding']}` ({100 * one['mean']:.1f} %)" for arm, one in arms.items()
    )
    edge = [f"{arm} ({', '.join(one['border'])})" for arm, one in arms.items() if one["border"]]
    where = f"On the border of the grid: {', '.join(edge)}." if edge else _INSIDE
    return f"Best decodings on validation, with accuracy there: {told}. {where}"


_INSIDE = "None of them lies on the border of the grid."
