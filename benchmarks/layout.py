"""Simulate how much time a layout of sampling jobs wastes, for cells of a 4B model.

Run: PYTHONPATH=scripts python benchmarks/layout.py [--figure docs/layout.svg]
docs/layout.md explains the numbers; layout_engine.py tries the layouts on a real engine.
"""

import argparse
import heapq
import math
from pathlib import Path
from typing import Any

import numpy as np
from layout_simulation import LIMIT, PROBLEM_SHARE, full_speed, job, lengths, ordered

from ssdmath.tables import markdown

SEEDS = 20


def layouts() -> list[dict[str, Any]]:
    """Every layout of the two workloads, means over seeds."""
    rows = []
    for name, problems in (("1,000 prompts", 1000), ("300 prompts", 300)):
        for cells in (1, 2, 3, 6, 12):
            for order in ("cell by cell", "mixed", "longest first"):
                for limit in (math.inf, LIMIT):
                    rows.append(_mean(name, problems, cells, order, limit))
    return rows


def weaker() -> list[dict[str, Any]]:
    """The chosen layout where problems determine less of a length, so that guesses are worse."""
    return [
        {"problem's share": share} | _mean(name, problems, cells, "longest first", math.inf, share)
        for share in (0.3, 0.5, 0.9)
        for name, problems, cells in (("1,000 prompts", 1000, 1), ("300 prompts", 300, 6))
    ]


def _mean(
    name: str, problems: int, cells: int, order: str, limit: float, share: float = PROBLEM_SHARE
) -> dict[str, Any]:
    runs = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        drawn = lengths(problems, cells, rng, share)
        runs.append(job(ordered(drawn, order, rng, share), limit=limit))
    wall = float(np.mean([run.wall for run in runs]))
    return {
        "workload": name,
        "decodings in a job": cells,
        "order": order,
        "limit": "4 h" if limit < math.inf else "none",
        "hours": wall / 3600,
        "tail minutes": float(np.mean([run.tail for run in runs])) / 60,
        "lost": float(np.mean([run.lost for run in runs])) / wall,
    }


def study(problems: int, models: int, gpus: int, per_job: int, cells: int = 6) -> dict[str, Any]:
    """All models of a study on several GPUs; the next job goes to the first free GPU."""
    walls, lost, idle = [], [], []
    for seed in range(SEEDS // 4):
        rng = np.random.default_rng(seed)
        jobs = []
        for _ in range(models):
            drawn = lengths(problems, cells, rng)
            parts = [drawn[start : start + per_job] for start in range(0, cells, per_job)]
            jobs += [job(ordered(part, "longest first", rng)) for part in parts]
        free = [0.0] * gpus
        for run in jobs:
            heapq.heapreplace(free, free[0] + run.wall)
        busy = sum(run.wall for run in jobs)
        walls.append(max(free))
        lost.append(sum(run.lost for run in jobs) / busy)
        idle.append(1 - busy / (gpus * max(free)))
    return {
        "prompts": problems,
        "models": models,
        "GPUs": gpus,
        "decodings in a job": per_job,
        "hours": float(np.mean(walls)) / 3600,
        "lost": float(np.mean(lost)),
        "idle at the end": float(np.mean(idle)),
    }


def figure(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw the share lost against the decodings of a job."""
    import altair as alt

    from ssdmath.report.figures import theme

    shown = [row for row in rows if row["limit"] == "none" and row["order"] != "mixed"]
    names = sorted({f"{row['workload']}, {row['order']}" for row in shown})
    data = [{**row, "layout": f"{row['workload']}, {row['order']}"} for row in shown]
    lines = alt.Chart(alt.Data(values=data)).encode(
        x=alt.X("decodings in a job:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("lost:Q", title="share of wall time lost", axis=alt.Axis(format="%")),
        color=alt.Color(
            "layout:N", title=None, scale=alt.Scale(domain=names, range=theme.colours(names))
        ),
        shape=alt.Shape(
            "layout:N", title=None, scale=alt.Scale(domain=names, range=theme.shapes(names))
        ),
    )
    aims = alt.Chart(alt.Data(values=[{"aim": 0.05}, {"aim": 0.1}])).mark_rule(
        strokeDash=[4, 4], color=theme.GREY
    )
    points = lines.mark_point(filled=True, size=60)
    alt.layer(lines.mark_line(), points, aims.encode(y="aim:Q")).properties(
        width=520, height=260
    ).configure(**{**theme.config("light"), "background": "#ffffff"}).save(path)


def main() -> None:
    """Print all tables; draw the figure if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    reported = job(ordered(lengths(2000, 1, np.random.default_rng(0)), "cell by cell", None))
    print(f"full batch: {full_speed():,.0f} tokens/s; 2,000 prompts: {reported.wall / 3600:.2f} h")
    rows = layouts()
    studies = [
        study(problems, models, gpus, per_job)
        for problems, models in ((1000, 9), (300, 1), (300, 9))
        for gpus in (1, 4)
        for per_job in (1, 2, 3, 6)
    ]
    for table in (rows, weaker(), studies):
        cells = [[f"{v:.3f}" if isinstance(v, float) else v for v in row.values()] for row in table]
        print(markdown.table(list(table[0]), cells), end="\n\n")
    if options.figure:
        figure(rows, options.figure)


if __name__ == "__main__":
    main()
