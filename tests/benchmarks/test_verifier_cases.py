"""docs/verification.md shows the comparison of verifiers that docs/verifier_cases.json holds."""

import json
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_measured_row_stands_in_the_page():
    page = " ".join((DOCS / "verification.md").read_text().split())
    rows = json.loads((DOCS / "verifier_cases.json").read_text())["rows"]
    assert rows
    for row in rows:
        equal = row["pairs"] - row["unequal"]
        assert (
            f"| {row['set']} ({row['pairs']:,}) | {row['verifier']} "
            f"| {row['false_accepts']:,} of {row['unequal']:,} "
            f"| {row['false_rejects']:,} of {equal:,} | {row['hangs']:,} |"
        ) in page
