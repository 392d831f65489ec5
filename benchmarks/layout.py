"""Simulate how much time a layout of sampling jobs wastes, for cells of a 4B model.

`make layout` runs it and writes docs/layout.json, the figure and the tables of docs/layout.md.
layout_engine.py tries the layouts on a real engine.
"""

import argparse
import heapq
import math
from pathlib import Path
from typing import Any

import layout_page
import numpy as np
from layout_page import ORDERS
from layout_simulation import (
    DEFAULT,
    LIMIT,
    PROBLEM_SHARE,
    Setting,
    full_speed,
    job,
    lengths,
    ordered,
)

from ssdmath.tables import atomic

SEEDS = 20
SETTINGS = (
    Setting("bfloat16, room for all", cache_bytes=1e12),
    Setting("bfloat16, 96 at once", slots=96),
    DEFAULT,
    Setting("bfloat16, 256 at once", slots=256),
    Setting("fp8, 128 at once", token_bytes=16_000),
    Setting("fp8, 192 at once", slots=192, token_bytes=16_000),
    Setting("fp8, 256 at once", slots=256, token_bytes=16_000),
)


def layouts() -> list[dict[str, Any]]:
    """Every layout of the two workloads, means over seeds."""
    rows = []
    for name, problems in (("1,000 prompts", 1000), ("300 prompts", 300)):
        for cells in (1, 2, 3, 6, 12):
            for order in ORDERS:
                for limit in (math.inf, LIMIT):
                    rows.append(_mean(name, problems, cells, order, limit))
    return rows


def weaker() -> list[dict[str, Any]]:
    """The chosen layout where problems determine less of a length, so that guesses are worse."""
    return [
        {"problem's share": share} | _mean(name, problems, cells, ORDERS[-1], math.inf, share)
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
            jobs += [job(ordered(part, ORDERS[-1], rng)) for part in parts]
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


def settings() -> list[dict[str, Any]]:
    """Each setting of the engine on a job of 2,000 completions, means over seeds."""
    rows = []
    for setting in SETTINGS:
        row: dict[str, Any] = {"setting": setting.name, "speed": full_speed(setting)}
        for order in ORDERS:
            runs = []
            for seed in range(SEEDS):
                rng = np.random.default_rng(seed)
                queue = ordered(lengths(1000, 2, rng), order, rng, slots=setting.slots)
                runs.append(job(queue, setting=setting))
            wall = float(np.mean([run.wall for run in runs]))
            row[order] = {
                "hours": wall / 3600,
                "lost": float(np.mean([run.lost for run in runs])) / wall,
                "tail minutes": float(np.mean([run.tail for run in runs])) / 60,
                "preempted": float(np.mean([run.preempted for run in runs])) / 2000,
            }
        rows.append(row)
    return rows


def main() -> None:
    """Simulate everything; write the numbers, the figure and the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    docs = parser.parse_args().docs
    numbers = {
        "layouts": layouts(),
        "weaker": weaker(),
        "settings": settings(),
        "studies": [
            study(problems, models, 4, per_job)
            for problems, models in ((1000, 9), (300, 9), (300, 1))
            for per_job in (1, 2, 3, 6)
        ],
    }
    atomic.write_json(numbers, docs / "layout.json")
    layout_page.figure(numbers["layouts"], docs / "layout.svg")
    page = docs / "layout.md"
    with atomic.atomic(page) as part:
        part.write_text(layout_page.replaced(page.read_text(), numbers))


if __name__ == "__main__":
    main()
