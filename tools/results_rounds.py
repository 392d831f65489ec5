"""The table of a study's rounds of self-distillation: accuracy, entropy and support of each."""

from pathlib import Path
from typing import Any

import polars as pl
from results_contrasts import digest

from ssdmath.finished import figures
from ssdmath.finished.folder import read
from ssdmath.report.sections import rounds
from ssdmath.tables import markdown

TABLES = ("scores", "geometry")


def collect(study: Path) -> dict[str, Any]:
    """Take the measures of each round from a study's folder, with digests of the tables read."""
    table = rounds.by_round(figures.results(read(study)))
    return {
        "study": study.name,
        "tables_sha256": {name: digest(study / f"{name}.parquet") for name in TABLES},
        "measures": list(rounds.FIGURES),
        "rows": table.with_columns(pl.col(pl.Float64).round(6)).to_dicts(),
    }


def block(numbers: dict[str, Any]) -> str:
    """Render the table: one row per round, a column per measure with its 95 % interval."""
    present = {row["measure"] for row in numbers["rows"]}
    measures = [name for name in numbers["measures"] if name in present]
    by_round: dict[tuple[str, int, str], dict[str, str]] = {}
    for row in numbers["rows"]:
        key = (row["chain"], row["round"], row["condition"])
        by_round.setdefault(key, {})[row["measure"]] = _cell(row)
    rows = [
        [str(number), condition, *(cells.get(name, "") for name in measures)]
        for (_, number, condition), cells in by_round.items()
    ]
    titles = [rounds.FIGURES[name][0] for name in measures]
    return markdown.table(["round", "model", *titles], rows, align="rl" + "r" * len(titles)) + "\n"


def _cell(row: dict[str, Any]) -> str:
    share = rounds.FIGURES[row["measure"]][1].format.endswith("%")
    scale, places = (100, 1) if share else (1, 3)
    value, *ends = (
        None if row[key] is None else f"{scale * row[key]:.{places}f}"
        for key in ("value", "lo", "hi")
    )
    interval = f" [{', '.join(filter(None, ends))}]" if all(ends) else ""
    return f"{value}{' %' if share else ''}{interval}"
