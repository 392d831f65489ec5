"""docs/benchmarks.md, .json and .svg from what the questions left in results/benchmarks/.

Usage: python benchmarks/page.py [--docs docs]
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import side

sys.path.insert(0, str(side.ROOT / "scripts"))

QUESTIONS = {
    "sampling": "Sampling: our transformers engine against `model.generate` in static batches, "
    "same model, prompts, cap and batch. `generate` waits for the longest of a batch.",
    "verification": "Verification: the pool of workers against the loop parse gold, parse "
    "completion, verify; the start of the workers is in our time.",
    "training": "Training: the step of the micro study against TRL's `SFTTrainer` with its "
    "defaults in float32, same rows, batch, optimizer and seed.",
    "inference": "Statistics: the score and contrast tables against a loop over cells, strata and "
    "resamples with NumPy and SciPy. The loop's resamples are timed on 20 and scaled to 10,000.",
    "workflow": "Planning: `snakemake -n` against a bare Snakefile with as many jobs (inputs, "
    "outputs, a shell command each), and what of the difference is directives.",
    "report": "Report: to build it in a process of its own, and to open it in headless Chromium. "
    "It has no rival; what counts are the bounds and how it grows.",
}
STEEP = 1.1
WHY = {
    "report": "Why it grows: the completions of the primary contrast are read, a slice at a time, "
    "and the page holds more rows.",
    "workflow": "Why it grows: Snakemake checks each output of each job; the bare Snakefile grows "
    "likewise.",
}
MISSED = {
    "verification": "Below the target: the workers' start is in our time and does not shrink with "
    "the draws; the rest, extraction and sending the texts to them, has not been profiled.",
    "workflow": "Below the target: more than half of it is what Snakemake does with the directives "
    "that the bare Snakefile lacks (log, benchmark, resources with attempts, params, script, a "
    "checkpoint), as the row with our directives shows. What is left against that row is ours: "
    "imports, the check of the config, and more files and input functions a job. The bare one also "
    "lacks the prompt of each sampling job, and among the tables' inputs the problems and records.",
}
Found = Mapping[str, dict[str, Any]]


def main(docs: Path, note: str) -> None:
    """Read what is there, write the three files."""
    found = {
        name: json.loads(file.read_text())
        for name in [*QUESTIONS, "shares"]
        if (file := side.FOLDER / f"{name}.json").exists()
    }
    if not found:
        sys.exit(f"{side.FOLDER}: nothing measured yet; run make bench")
    (docs / "benchmarks.md").write_text(page(found, note))
    (docs / "benchmarks.json").write_text(json.dumps(found, indent=1) + "\n")
    figure(found, docs / "benchmarks.svg")


def page(found: Found, note: str = "") -> str:
    """The whole page."""
    parts = [
        "# How fast it is, and against what",
        "Made by `make bench`; do not edit. Both sides of a comparison run in turn in one process "
        "or from one, the same work on each. Times are medians of processor seconds, least and "
        "most in brackets; the ratio is theirs through ours. On a busy machine wall time says "
        "little, so the ratio is of processor time and the load of the moment is given. The raw "
        "numbers, wall times with them: [benchmarks.json](benchmarks.json).",
        "A row with fewer than five runs, or one measured under a load well above the number of "
        "cores, is an indication and no more.",
        "![Ratios against their targets](benchmarks.svg)",
    ]
    parts += [note] if note else []
    for name, what in QUESTIONS.items():
        if name in found:
            parts += section(name, what, found[name])
    if "shares" in found:
        parts += shares(found["shares"])
    return "\n\n".join(parts) + "\n"


def section(name: str, what: str, one: Mapping[str, Any]) -> list[str]:
    """A question: its sentence, its table, its growth, its machine."""
    title, _, rest = what.partition(": ")
    parts = [f"## {title}", rest[0].upper() + rest[1:] if rest[0] != "`" else rest]
    parts += [table(one["rows"])]
    if name in MISSED and any(row["met"] is False for row in one["rows"]):
        parts += [MISSED[name]]
    parts += [f"Growth ({grown['case']}): {slope(name, grown)}" for grown in one["growth"]]
    on = ", ".join(f"{key} {value}" for key, value in one["machine"].items())
    return [*parts, f"Measured on: {on}."]


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown: case, ours, theirs, ratio, target, whether it was met."""
    lines = ["| case | runs | ours, s | theirs, s | ratio | wall ratio | wanted | met |"]
    lines += ["|---|--:|--:|--:|--:|--:|--:|---|"]
    for row in rows:
        theirs = seconds(row["theirs"]) if "theirs" in row else ""
        lines.append(
            f"| {row['case']}{': ' + row['note'] if row.get('note') else ''} "
            f"| {row['ours']['runs']} | {seconds(row['ours'])} | {theirs} | {row.get('ratio', '')} "
            f"| {row.get('ratio_wall', '')} | {wanted(row)} | {word(row['met'])} |"
        )
    return "\n".join(lines)


def seconds(one: Mapping[str, Any]) -> str:
    """Median and spread, processor seconds."""
    low, high = one["cpu_spread"]
    return f"{one['cpu']:.2f} [{low:.2f}, {high:.2f}]"


def wanted(row: Mapping[str, Any]) -> str:
    """The bound, in words."""
    if row.get("target") is not None:
        return f"at least {row['target']:g}"
    return f"at most {row['at_most']:g} s" if row.get("at_most") is not None else ""


def word(met: bool | None) -> str:
    """Yes, **no** or nothing."""
    return "" if met is None else "yes" if met else "**no**"


def slope(name: str, grown: Mapping[str, Any]) -> str:
    """The exponent, the fit, and why where it is steep."""
    sizes = ", ".join(f"{one:,}" for one in grown["sizes"])
    used = ", ".join(f"{one:.2f}" for one in grown["cpu"])
    said = f"work {sizes}: {used} s; slope {grown['slope']} on log-log, R² {grown['r2']}."
    if grown["slope"] > STEEP:
        return f"{said} **Above {STEEP}.** {WHY.get(name, 'Not explained.')}"
    return said


def shares(one: Mapping[str, Any]) -> list[str]:
    """Where the processor time of a finished run went."""
    bar = " · ".join(f"{kind} {share:.0%}" for kind, share in one["shares"].items())
    at_work = sum(one["shares"].get(kind, 0) for kind in ("generating", "training", "judging"))
    return [
        "## Where a run's time goes",
        "![Shares of a run](shares.svg)",
        f"{bar}. Generating, training and judging are {at_work:.0%}; wanted at least 60 %.",
        one["how"],
    ]


def figure(found: Found, path: Path) -> None:
    """A dot a comparison on a logarithmic axis, with a tick where it should reach."""
    import altair as alt

    data = [
        {"case": f"{name}: {row['case']}", "ratio": row["ratio"], "target": row["target"]}
        for name in QUESTIONS
        for row in found.get(name, {"rows": []})["rows"]
        if "ratio" in row
    ]
    base = alt.Chart(alt.Data(values=data)).encode(
        y=alt.Y("case:N", sort=None, title=None, axis=alt.Axis(labelLimit=360))
    )
    across = alt.X("ratio:Q", scale=alt.Scale(type="log"), title="times as fast as the other side")
    dots = base.mark_point(filled=True, size=70).encode(x=across)
    ticks = base.transform_filter("datum.target").mark_tick(color="#d55e00", thickness=2, size=16)
    drawn = dots + ticks.encode(x=alt.X("target:Q", scale=alt.Scale(type="log")))
    room = {"left": 60, "top": 5, "right": 5, "bottom": 5}  # another font's labels are wider
    drawn.properties(width=420, padding=room).save(str(path))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=side.ROOT / "docs")
    parser.add_argument("--note", default="", help="a paragraph on how these numbers came about")
    options = parser.parse_args()
    main(options.docs, options.note)
