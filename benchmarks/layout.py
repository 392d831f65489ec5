"""Simulate how much time a layout of sampling jobs wastes, for cells of a 4B model.

Run: PYTHONPATH=scripts python benchmarks/layout.py [--figure docs/layout.svg]
docs/layout.md explains the numbers; layout_engine.py tries the layouts on a real engine.
"""

import argparse
import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
CAP, MEDIAN, CAPPED = 48_000, 14_000, 0.06  # tokens; share cut off: mean 17,800 per completion
PROBLEM_SHARE = 0.7  # of the variance of log length is between problems
PROMPT = 200
LOAD = 90.0  # seconds from a job's start to its first token
SLOTS = 128  # completions at once: 128 x 11,000 tokens x 32 KB are 45 GB of cache
FIXED = 0.008  # seconds per step with one completion: 8 GB of weights read, kernels launched
PER_CONTEXT = 32e3 / 2.7e12  # seconds per token of context: its cache read at 2.7 TB/s
PER_SLOT = 79e-6  # seconds per completion: fitted, so that 2,000 prompts take the 3 h reported
LIMIT = 4 * 3600.0
SEEDS = 20


@dataclass(frozen=True)
class Run:
    """The time of one job in seconds, and the part that was not work at full batch."""

    wall: float
    tail: float  # seconds with fewer completions left than slots
    lost: float  # loading, the tail's seconds beyond its tokens at full speed, work thrown away


def lengths(
    problems: int, cells: int, rng: np.random.Generator, share: float = PROBLEM_SHARE
) -> np.ndarray:
    """Log-normal lengths [cells, problems] under the cap; a problem is long in every cell."""
    sigma = math.log(CAP / MEDIAN) / NormalDist().inv_cdf(1 - CAPPED)
    own = rng.normal(size=problems) * math.sqrt(share)
    draw = rng.normal(size=(cells, problems)) * math.sqrt(1 - share)
    return np.minimum(CAP, np.exp(math.log(MEDIAN) + sigma * (own + draw))).astype(int)


def job(queue: Sequence[int], *, limit: float = math.inf) -> Run:
    """Draw completions of these lengths in this order; start again those a time limit cuts off."""
    wall = lost = tail = 0.0
    waiting = list(queue)
    while waiting:
        done, used, in_tail, kept = _session(waiting, limit - LOAD)
        wall += LOAD + used
        lost += LOAD + (kept["lost"] if done == len(waiting) else kept["cut"])
        tail += in_tail
        waiting = kept["left"]
    return Run(wall, tail, lost)


def _session(queue: list[int], limit: float) -> tuple[int, float, float, dict[str, Any]]:
    """One start of an engine: completions done, seconds, seconds of the tail, what was lost."""
    live: list[tuple[int, int, int]] = []  # finishing step, starting step, number
    clock, step, context, at, tokens_tail, began_tail = 0.0, 0, 0, 0, 0, None
    finished: set[int] = set()
    while at < len(queue) or live:
        while at < len(queue) and len(live) < SLOTS:
            heapq.heappush(live, (step + queue[at], step, at))
            context += PROMPT
            at += 1
        if at == len(queue) and began_tail is None and len(live) < SLOTS:
            began_tail = clock
        steps, running = live[0][0] - step, len(live)
        read = context * steps + running * steps * (steps - 1) // 2
        clock += steps * (FIXED + running * PER_SLOT) + read * PER_CONTEXT
        if clock > limit:
            break
        step += steps
        context += running * steps
        tokens_tail += running * steps if began_tail is not None else 0
        while live and live[0][0] == step:
            _, start, number = heapq.heappop(live)
            context -= step - start + PROMPT
            finished.add(number)
    tail = clock - began_tail if began_tail is not None else 0.0
    lost = tail - tokens_tail / full_speed()
    cut = sum(step - start for _, start, _ in live) / full_speed()
    left = [length for number, length in enumerate(queue) if number not in finished]
    return len(finished), min(clock, limit), tail, {"lost": lost, "cut": cut, "left": left}


def full_speed() -> float:
    """Tokens per second with every slot taken; the mean context is that of a length-biased age."""
    if not _SPEED:
        drawn = lengths(100_000, 1, np.random.default_rng(1))[0].astype(float)
        context = PROMPT + (drawn**2).mean() / (2 * drawn.mean())
        _SPEED.append(SLOTS / (FIXED + SLOTS * (PER_SLOT + context * PER_CONTEXT)))
    return _SPEED[0]


_SPEED: list[float] = []


def ordered(
    drawn: np.ndarray, order: str, rng: np.random.Generator, share: float = PROBLEM_SHARE
) -> list[int]:
    """The queue of a sweep: cell by cell, mixed, or longest first by earlier lengths."""
    if order == "cell by cell":
        return [int(length) for length in drawn.ravel()]
    if order == "mixed":
        return [int(length) for length in rng.permutation(drawn.ravel())]
    known = _expected(drawn, rng, share)
    return [int(length) for length in drawn.ravel()[np.argsort(-known.ravel(), kind="stable")]]


def _expected(drawn: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """The length to expect for every cell from one draw per problem of another model."""
    mean = np.log(drawn).mean(axis=0)
    noise = rng.normal(size=mean.shape) * mean.std() * math.sqrt(1 / share - 1)
    return np.broadcast_to(mean + noise, drawn.shape)


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
        print(" | ".join(table[0]))
        for row in table:
            shown = [f"{v:.3f}" if isinstance(v, float) else str(v) for v in row.values()]
            print(" | ".join(shown))
    if options.figure:
        figure(rows, options.figure)


if __name__ == "__main__":
    main()
