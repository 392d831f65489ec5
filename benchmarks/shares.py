"""Say where the time of a finished study went: imports, loading of models, work of each kind.

Reads the wall times that Snakemake noted (benchmarks/*.tsv) and subtracts what a process of that
rule needs to import and to load the model, measured here. A job has one thread and a core of its
own; the processor time that Snakemake notes is a third too low, because it is polled.
Usage: python benchmarks/shares.py [--results results/micro] [--quick]
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
from pathlib import Path

import timing

KINDS = {"sample": "generating", "train": "training", "verify": "judging", "scores": "tables"}
KINDS |= {"geometry": "examining models"}
IMPORTS = {
    "generating": "ssdmath.sampling.transformers_engine",
    "training": "ssdmath.training.sft, ssdmath.training.gradient_signal",
    "judging": "ssdmath.verification.judge, math_verify",
    "tables": "ssdmath.scores.table",
    "examining models": "ssdmath.models.loading",
    "drawing": "ssdmath.report.figures.theme, altair",
}
MODELS = ("generating", "training", "examining models")
LOAD = "from ssdmath.models import loading; "
MODEL = f"loading.load_model({str(timing.ROOT / 'models' / 'micro')!r})"
HOW = (
    "From the wall time of each timed job of the {study} study (one thread per job, no more jobs "
    "than cores). Imports and the loading of models are measured separately, as medians of {runs} "
    "processes, and subtracted. Drawing is the build of the report as timed above. Jobs whose time "
    "is not recorded (problems, choice, contrasts) are left out."
)


def main(results: Path, *, repeats: int) -> None:
    """Add up, subtract, write the json."""
    spent = jobs(results / "benchmarks")
    if not spent:
        sys.exit(f"{results}: no benchmarks/*.tsv there; make the study first (make run)")
    starting = {kind: started(f"import {names}", repeats) for kind, names in IMPORTS.items()}
    # The first load also imports transformers, so what a load costs is the second one.
    once, twice = (started(f"{LOAD}{code}", repeats) for code in (MODEL, f"{MODEL}; {MODEL}"))
    loading = max(0.0, twice - once)
    seconds = split(spent, starting, loading)
    whole = sum(seconds.values())
    shares = {kind: round(used / whole, 3) for kind, used in seconds.items()}
    how = HOW.format(study=results.name, runs=repeats)
    timing.save("shares", "snakemake", shares=shares, seconds=seconds, how=how, importing=starting)
    print(shares)


def jobs(folder: Path) -> dict[str, list[float]]:
    """Wall seconds of each timed job, by kind of work."""
    spent: dict[str, list[float]] = {}
    for file in sorted(folder.rglob("*.tsv")):
        rule = file.relative_to(folder).parts[0].removesuffix(".tsv")
        kind = KINDS.get(rule.partition("_")[0], "tables")
        rows = list(csv.DictReader(file.open(), delimiter="\t"))
        spent.setdefault(kind, []).append(float(rows[-1]["s"]))
    drawn = timing.FOLDER / "report.json"
    if drawn.exists():
        build = json.loads(drawn.read_text())["rows"][0]["ours"]["wall"]
        spent["drawing"] = [build]
    return spent


def split(
    spent: dict[str, list[float]], starting: dict[str, float], loading: float
) -> dict[str, float]:
    """Split the seconds of each job into imports, loading and the rest, which is its work."""
    found = {"imports": 0.0, "loading": 0.0}
    for kind, times in spent.items():
        for used in times:
            imported = min(used, starting[kind]) if kind != "drawing" else 0.0
            loaded = min(used - imported, loading if kind in MODELS else 0.0)
            found["imports"] += imported
            found["loading"] += loaded
            found[kind] = found.get(kind, 0.0) + used - imported - loaded
        if kind == "drawing":  # built in a process that had imported before
            found["imports"] += starting[kind]
    return {kind: round(used, 2) for kind, used in found.items()}


def started(code: str, repeats: int) -> float:
    """Median wall seconds of a new process that runs `code`."""
    command = [sys.executable, "-c", code]
    run = lambda: subprocess.run(command, check=True, cwd=timing.ROOT, capture_output=True)  # noqa: E731
    times = timing.alternate([run], repeats)[0]
    return round(statistics.median(wall for wall, _ in times), 3)


def bar(shares: dict[str, float], path: Path) -> None:
    """Draw one stacked bar."""
    import altair as alt

    data = [
        {"kind": kind, "share": share, "at": at} for at, (kind, share) in enumerate(shares.items())
    ]
    chart = (
        alt.Chart(alt.Data(values=data))
        .mark_bar(size=40)
        .encode(
            x=alt.X("share:Q", stack="zero", axis=alt.Axis(format="%"), title="share of time"),
            color=alt.Color("kind:N", sort=list(shares), title=None),
            order=alt.Order("at:Q"),
        )
    )
    chart.properties(width=560, height=60).save(str(path))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=timing.ROOT / "results" / "micro")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    main(options.results, repeats=1 if options.quick else 5)
