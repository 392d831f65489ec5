"""The folder of a finished study of invented draws, as a run leaves it: report and record too."""

from pathlib import Path

import synthetic_study

from ssdmath.provenance import job_records
from ssdmath.tables import atomic

RESAMPLES = 200  # with which the synthetic study's contrasts were computed
MADE = (".parquet", ".json", ".jsonl")


def write(results: Path, name: str = "synthetic", *, problems: int = 30) -> Path:
    """Write `<results>/<name>` and return it; another number of problems gives other draws."""
    folder = results / name
    study = synthetic_study.write(folder, problems=problems)["study"] | {"name": name}
    study["evaluation"] |= {"resamples": RESAMPLES, "ks": [1, 2]}
    (folder / "report.html").write_text("<html></html>")
    read = [path for path in sorted(folder.rglob("*")) if path.suffix in MADE]
    inputs = {f"results/{name}/{p.relative_to(folder)}": job_records.content(p) for p in read}
    record = {"params": {"study": study}, "inputs": inputs}
    atomic.write_json(record, folder / "provenance" / "report.html.json", sort=False)
    return folder
