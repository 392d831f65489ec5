"""The table of machines on which the default study was run: how long, and what came out.

Training rounds differently on another kind of processor, so its numbers differ a little. A further
machine adds a row; a machine that is there already gets new numbers.
"""

import json
import platform
from pathlib import Path
from typing import Any

import polars as pl
from results_contrasts import digest

from ssdmath.config.terms import PRIMARY
from ssdmath.tables import markdown

NUMBERS = Path(__file__).resolve().parents[1] / "docs" / "results-machines.json"
CORES = 2  # for which the time is given
EXTENSIONS = ("amx_tile", "avx512f", "avx2")  # of which the first decides how matrices multiply


def usage(study: Path) -> pl.DataFrame:
    """Wall and processor seconds of each job of a study, as it ran last."""
    return pl.read_ndjson(study / "benchmarks" / "usage.jsonl").unique("log", keep="last")


def collect(study: Path) -> dict[str, Any]:
    """The machines of the kept numbers, with this machine's run of the study's folder."""
    jobs = usage(study)
    primary = pl.read_parquet(study / "contrasts.parquet").filter(family=PRIMARY)
    row = {
        "processor": processor(Path("/proc/cpuinfo").read_text()),
        "minutes": round(jobs["wall"].sum() / 60 / CORES, 1),
        "processor_minutes": round(jobs["cpu"].sum() / 60, 1),
        **primary.select("contrast", "delta", "lo", "hi").row(0, named=True),
        "table_sha256": digest(study / "contrasts.csv"),
    }
    kept = json.loads(NUMBERS.read_text())["rows"] if NUMBERS.exists() else []
    others = [one for one in kept if one["processor"] != row["processor"]]
    return {"study": study.name, "rows": [*others, row]}


def processor(cpuinfo: str) -> str:
    """Name a processor by /proc/cpuinfo: its model, family numbers and widest vector extension."""
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    found = {key.strip(): value.strip() for key, _, value in lines}
    name = found.get("model name", platform.machine())
    numbers = [found[key] for key in ("cpu family", "model", "stepping") if key in found]
    flags = found.get("flags", "").split()
    widest = [flag for flag in EXTENSIONS if flag in flags][:1]
    return ", ".join([" ".join([name, ".".join(numbers)]).strip(), *widest])


def block(numbers: dict[str, Any]) -> str:
    """Render the table, one row per machine."""
    rows = [
        [
            row["processor"],
            "" if row["minutes"] is None else f"{row['minutes']:.1f}",
            markdown.points(row),
        ]
        for row in numbers["rows"]
    ]
    header = ["processor", f"minutes on {CORES} cores", numbers["rows"][0]["contrast"]]
    return markdown.table(header, rows, align="lrr") + "\n"
