"""Write a table of results into a page, from the contrasts of a finished study (`make docs`).

A JSON file in `docs/` keeps the numbers and says what they were made from. The block between the
two markers of the page is rendered from that file alone, so a test can hold one against the other.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from ssdmath.tables import markdown

ROOT = Path(__file__).resolve().parents[1]


class Place(NamedTuple):
    """Where the results of a study are kept, and the page that shows them."""

    numbers: Path
    page: Path


PLACES = {
    "micro": Place(ROOT / "docs/results.json", ROOT / "README.md"),
    "micro-ssd": Place(ROOT / "docs/results-micro-ssd.json", ROOT / "docs/micro-world.md"),
}
BLOCK = "results"  # of the pages
COLUMNS = ["contrast", "a", "b", "split", "problems", "runs", "delta", "lo", "hi", "verdict"]


def collect(study: Path) -> dict[str, Any]:
    """Take the declared contrasts of a study's folder, with the digest of the table read."""
    table = study / "contrasts.parquet"
    return {
        "study": study.name,
        "table_sha256": hashlib.sha256((study / "contrasts.csv").read_bytes()).hexdigest(),
        "contrasts": pl.read_parquet(table).select(COLUMNS).to_dicts(),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render the table: one row per contrast, differences in points with their 95 % intervals."""
    rows = [
        [row["contrast"], row["split"], row["runs"] or "", _points(row), row["verdict"]]
        for row in numbers["contrasts"]
    ]
    header = ["comparison", "split", "runs", "points [95 % interval]", "verdict"]
    return markdown.table(header, rows, align="llrrl").rstrip("\n") + "\n"


def _points(row: dict[str, Any]) -> str:
    return f"{100 * row['delta']:+.1f} [{100 * row['lo']:.1f}, {100 * row['hi']:.1f}]"


def main() -> None:
    """Refresh the numbers of a study if one is given, then the block of every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="folder of a finished study, results/micro")
    study = parser.parse_args().study
    if study is not None:
        if study.name not in PLACES:
            parser.error(f"{study}: found study {study.name}; allowed: {', '.join(PLACES)}")
        if not (study / "contrasts.parquet").exists():
            parser.error(f"{study}: found no contrasts.parquet; allowed: a finished study")
        text = json.dumps(collect(study), indent=2, sort_keys=True)
        PLACES[study.name].numbers.write_text(text + "\n")
    for numbers, page in PLACES.values():
        content = block(json.loads(numbers.read_text()))
        page.write_text(markdown.replaced(page.read_text(), BLOCK, content))


if __name__ == "__main__":
    main()
