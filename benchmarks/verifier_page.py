"""The table of docs/verification.md, from the rows of docs/verifier_cases.json."""

from typing import Any

from verifier_contenders import MAKERS

from ssdmath.tables import markdown

NAMES = ("ours", *MAKERS)  # of the verifiers, in their order


def page(rows: list[dict[str, Any]]) -> str:
    """The table for docs/verification.md."""
    header = ["pairs", "verifier", "false accepts", "false rejects", "hangs"]
    cells = [
        [
            f"{row['set']} ({row['pairs']:,})",
            row["verifier"],
            f"{row['false_accepts']:,} of {row['unequal']:,}",
            f"{row['false_rejects']:,} of {row['pairs'] - row['unequal']:,}",
            f"{row['hangs']:,}",
        ]
        for row in rows
    ]
    missing = [
        f"{name} on the {one}"
        for one in dict.fromkeys(row["set"] for row in rows)
        for name in MAKERS
        if not any((row["set"], row["verifier"]) == (one, name) for row in rows)
    ]
    notes = [f"\nNot measured: {', '.join(missing)}."] if missing else []
    return "\n".join([markdown.table(header, cells, align="llrrr"), *notes]) + "\n"


def merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new rows and those old ones of the same pairs that were not measured again, in order."""
    sizes = {row["set"]: row["pairs"] for row in new}
    again = {(row["set"], row["verifier"]) for row in new}
    kept = [
        row
        for row in old
        if sizes.get(row["set"], row["pairs"]) == row["pairs"]
        and (row["set"], row["verifier"]) not in again
    ]
    sets = list(dict.fromkeys(row["set"] for row in [*old, *new]))
    rows = [*kept, *new]
    return sorted(rows, key=lambda row: (sets.index(row["set"]), NAMES.index(row["verifier"])))
