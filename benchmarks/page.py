"""Write docs/benchmarks.md, .json and .svg from the measurements in results/benchmarks/.

Usage: python benchmarks/page.py [--docs docs] [--note TEXT] [--measured docs/benchmarks.json]
With --measured, the page is written anew from published measurements.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shares
import timing

from ssdmath.tables import markdown

# Each benchmark by the name of its script: the title of its section, and what is compared.
BENCHMARKS = {
    "sampling": (
        "Sampling",
        "Our transformers engine against `model.generate` in static batches, and against "
        "`model.generate_batch`, transformers' continuous batching, with the same model, prompts, "
        "length limit and batch size. `generate` waits for the longest completion of a batch. "
        "GFLOP/s count what the model has to compute for the tokens drawn.",
    ),
    "verification": (
        "Verification",
        "Our pool of workers against the usual loop: parse the known answer, parse the completion, "
        "compare. Our time includes the start of the workers.",
    ),
    "training": (
        "Training",
        "The training step of the micro study against TRL's `SFTTrainer` with its defaults in "
        "float32, on the same rows, with the same batch size, optimizer and seed.",
    ),
    "fork_server": (
        "Starting jobs",
        "A tiny study whose jobs are forked from one process that has imported torch, against the "
        "same study where each job imports it. The tables of both sides are equal.",
    ),
    "score_tables": (
        "Statistics",
        "The score and contrast tables against a loop over cells, strata and resamples with NumPy "
        "and SciPy. The loop is timed on 20 resamples and scaled to 10,000.",
    ),
    "workflow": (
        "Planning",
        "`snakemake -n` against a bare Snakefile with as many jobs (inputs, outputs and a shell "
        "command each). Two further rows show how much of the difference is due to directives.",
    ),
    "report": (
        "Report",
        "Building the report in a process of its own, and opening it in headless Chromium. There "
        "is nothing to compare it with; what counts are the limits, and how the time grows.",
    ),
}
STEEP = 1.1
WHY_STEEP = {
    "report": "The completions of the primary contrast are read, and the page holds more rows.",
    "workflow": "Snakemake checks each output of each job; the bare Snakefile grows likewise.",
}
WHY_MISSED = {
    "verification": "Below the target: the start of the workers is part of our time and does not "
    "shrink with the number of draws. The rest (finding the answers, sending them to the workers) "
    "has not been profiled.",
    "workflow": "Below the target: more than half of the difference is what Snakemake does with "
    "directives that the bare Snakefile lacks (log, benchmark, resources with attempts, params, "
    'script, a checkpoint); the row "bare Snakefile with our directives" shows it. The rest is '
    "ours: imports, the check of the config, more files and input functions per job. The bare "
    "Snakefile also lacks the prompt of each sampling job, and some inputs of the tables.",
}
AT_WORK = ("generating", "training", "judging")
Measured = Mapping[str, Any]  # measurements by benchmark, the shares of a run, and a note


def main(docs: Path, note: str, measured: Path | None) -> None:
    """Read the measurements, write the page, its numbers and its figures."""
    results = json.loads(measured.read_text()) if measured else collected(note)
    if not results:
        sys.exit(f"{timing.FOLDER}: nothing measured yet; run make bench")
    (docs / "benchmarks.md").write_text(page(results))
    (docs / "benchmarks.json").write_text(json.dumps(results, indent=1) + "\n")
    figure(results, docs / "benchmarks.svg")
    if "shares" in results:
        shares.bar(results["shares"]["shares"], docs / "shares.svg")


def collected(note: str) -> dict[str, Any]:
    """Gather what the benchmarks left in results/benchmarks/."""
    files = {name: timing.FOLDER / f"{name}.json" for name in [*BENCHMARKS, "shares"]}
    results = {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}
    return results | {"note": note} if results and note else results


def page(results: Measured) -> str:
    """The whole page, in Markdown."""
    parts = [
        "# How fast it is, compared with other code",
        "Written by `make bench`; do not edit. In a comparison both sides do the same work in "
        "turn. Times are medians of processor seconds, with the smallest and largest in brackets; "
        "the ratio is the other side's time divided by ours. Wall time says little on a busy "
        "machine, so the ratio is of processor time, and the load of the machine is given. "
        "[benchmarks.json](benchmarks.json) has all numbers, wall times included.",
        "A row with fewer than five runs, or one measured under a load well above the number of "
        "cores, is only an indication.",
        "![Ratios and their targets](benchmarks.svg)",
    ]
    parts += [results["note"]] if results.get("note") else []
    for name in BENCHMARKS:
        if name in results:
            parts += section(name, results[name])
    if "shares" in results:
        parts += time_shares(results["shares"])
    return "\n\n".join(parts) + "\n"


def section(name: str, measured: Mapping[str, Any]) -> list[str]:
    """One benchmark: what is compared, its table, its growth, its machine."""
    title, compared = BENCHMARKS[name]
    parts = [f"## {title}", compared, table(measured["rows"])]
    if name in WHY_MISSED and any(row["met"] is False for row in measured["rows"]):
        parts += [WHY_MISSED[name]]
    parts += [f"Growth ({row['case']}): {slope(name, row)}" for row in measured["growth"]]
    machine = ", ".join(f"{key} {value}" for key, value in measured["machine"].items())
    return [*parts, f"Measured on: {machine}."]


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown: case, runs, ours, theirs, ratios, target, whether it was met."""
    header = ["case", "runs", "ours, s", "theirs, s", "ratio", "wall ratio", "target", "met"]
    cells = [
        [
            f"{row['case']}: {row['note']}" if row.get("note") else row["case"],
            row["ours"]["runs"],
            seconds(row["ours"]),
            seconds(row["theirs"]) if "theirs" in row else "",
            row.get("ratio", ""),
            row.get("ratio_wall", ""),
            target(row),
            yes_or_no(row["met"]),
        ]
        for row in rows
    ]
    return markdown.table(header, cells, align="lrrrrrrl")


def seconds(summary: Mapping[str, Any]) -> str:
    """Median and range, in processor seconds."""
    low, high = summary["cpu_spread"]
    return f"{summary['cpu']:.2f} [{low:.2f}, {high:.2f}]"


def target(row: Mapping[str, Any]) -> str:
    """The target of a row, in words."""
    if row.get("target") is not None:
        return f"at least {row['target']:g}"
    return f"at most {row['at_most']:g} s" if row.get("at_most") is not None else ""


def yes_or_no(met: bool | None) -> str:
    """Yes, **no**, or nothing where there is no target."""
    return "" if met is None else "yes" if met else "**no**"


def slope(name: str, row: Mapping[str, Any]) -> str:
    """Times at each amount of work, the exponent of their growth, and why if it is steep."""
    amounts = ", ".join(f"{size:,}" for size in row["sizes"])
    times = ", ".join(f"{time:.2f}" for time in row["cpu"])
    text = f"work x {amounts}: {times} s; slope {row['slope']} on log-log axes, R² {row['r2']}."
    if row["slope"] > STEEP:
        return f"{text} **Above {STEEP}.** {WHY_STEEP.get(name, 'Not explained.')}"
    return text


def time_shares(measured: Mapping[str, Any]) -> list[str]:
    """Where the time of a finished run went."""
    parts = " · ".join(f"{kind} {share:.0%}" for kind, share in measured["shares"].items())
    at_work = sum(measured["shares"].get(kind, 0) for kind in AT_WORK)
    return [
        "## Where the time of a run goes",
        "![Shares of a run](shares.svg)",
        f"{parts}. Generating, training and judging are {at_work:.0%}; "
        "the target is at least 60 %.",
        measured["how"],
    ]


def figure(results: Measured, path: Path) -> None:
    """A dot per comparison on a logarithmic axis, with a tick at its target."""
    import altair as alt

    data = [
        {"case": f"{name}: {row['case']}", "ratio": row["ratio"], "target": row["target"]}
        for name in BENCHMARKS
        for row in results.get(name, {"rows": []})["rows"]
        if "ratio" in row
    ]
    base = alt.Chart(alt.Data(values=data)).encode(
        y=alt.Y("case:N", sort=None, title=None, axis=alt.Axis(labelLimit=360))
    )
    across = alt.X("ratio:Q", scale=alt.Scale(type="log"), title="times as fast as the other side")
    dots = base.mark_point(filled=True, size=70).encode(x=across)
    ticks = base.transform_filter("datum.target").mark_tick(color="#d55e00", thickness=2, size=16)
    chart = dots + ticks.encode(x=alt.X("target:Q", scale=alt.Scale(type="log")))
    padding = {"left": 60, "top": 5, "right": 5, "bottom": 5}  # other fonts' labels are wider
    chart.properties(width=420, padding=padding).save(str(path))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=timing.ROOT / "docs")
    parser.add_argument("--note", default="", help="a paragraph on how these numbers came about")
    parser.add_argument("--measured", type=Path, help="published measurements to write anew")
    options = parser.parse_args()
    main(options.docs, options.note, options.measured)
