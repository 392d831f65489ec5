"""The table of what each arm loses or gains on problems outside of its domain."""

from pathlib import Path
from typing import Any

import polars as pl
from results_contrasts import digest

from ssdmath.contrasts.outside import AT_BEST, SAME_DECODING
from ssdmath.tables import markdown

COLUMNS = ["arm", "compared", "problems", "runs", "delta", "lo", "hi", "p_holm", "verdict"]
INSIDE = ["inside_problems", "inside_delta", "inside_lo", "inside_hi"]


def collect(study: Path) -> dict[str, Any]:
    """Take the comparisons of a study's folder, with the digest of the table read."""
    table = pl.read_parquet(study / "outside.parquet")
    return {
        "study": study.name,
        "table_sha256": digest(study / "outside.csv"),
        "rows": table.select(*COLUMNS, *INSIDE).to_dicts(),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render one row per arm: both comparisons outside, and the one at its best on test."""
    by_arm: dict[str, dict[str, dict[str, Any]]] = {}
    for row in numbers["rows"]:
        by_arm.setdefault(row["arm"], {})[row["compared"]] = row
    rows = [_row(arm, both[SAME_DECODING], both[AT_BEST]) for arm, both in by_arm.items()]
    header = ["arm", "runs", "outside, same decoding", f"outside, {AT_BEST}", "p, corrected"]
    return markdown.table([*header, "verdict", f"test, {AT_BEST}"], rows, "lrrrrlr") + "\n"


def _row(arm: str, same: dict[str, Any], best: dict[str, Any]) -> list[Any]:
    inside = {key: best[f"inside_{key}"] for key in ("delta", "lo", "hi")}
    points = [markdown.points(same), markdown.points(best), _p_value(best["p_holm"])]
    return [f"`{arm}`", best["runs"], *points, best["verdict"], markdown.points(inside)]


def _p_value(p: float) -> str:
    return "< 0.0001" if p < 1e-4 else f"{p:.2g}"
