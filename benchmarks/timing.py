"""Time two sides in turn, summarise them as rows, and fit how the time grows with the work.

Processor time includes child processes that have ended. On a busy machine it is what to compare.
Every benchmark runs from the root of the repository with PYTHONPATH=scripts:tests/support, as
`make bench` does.
"""

import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "results" / "benchmarks"
Work = Callable[[], object]
Seconds = tuple[float, float]  # wall, processor
SMALLEST = 0.01  # seconds: a clock tick of `os.times`, so that no ratio divides by nothing


def clock(work: Work) -> Seconds:
    """Time a piece of work: wall and processor seconds, child processes included."""
    wall, used = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - wall, max(_processor() - used, SMALLEST)


def _processor() -> float:
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def alternate(sides: Sequence[Work], repeats: int, *, warm: bool = True) -> list[list[Seconds]]:
    """Time each side `repeats` times, in turn, so that a busy moment affects all of them."""
    kept: list[list[Seconds]] = [[] for _ in sides]
    for turn in range(repeats + warm):
        for times, work in zip(kept, sides, strict=True):
            taken = clock(work)
            if turn >= warm:
                times.append(taken)
    return kept


def summary(times: Sequence[Seconds]) -> dict[str, Any]:
    """Median, smallest and largest wall and processor seconds."""
    wall, used = zip(*times, strict=True)
    return {
        "runs": len(times),
        "wall": round(statistics.median(wall), 3),
        "wall_spread": [round(min(wall), 3), round(max(wall), 3)],
        "cpu": round(statistics.median(used), 3),
        "cpu_spread": [round(min(used), 3), round(max(used), 3)],
    }


def versus(
    case: str,
    ours: Sequence[Seconds],
    theirs: Sequence[Seconds],
    *,
    target: float | None = None,
    scale: float = 1.0,
    **more: Any,
) -> dict[str, Any]:
    """Compare ours with theirs; `scale` says how many times the work of theirs ours did."""
    scaled = [(wall * scale, used * scale) for wall, used in theirs]
    left, right = summary(ours), summary(scaled)
    ratio = right["cpu"] / max(left["cpu"], SMALLEST)
    wall = right["wall"] / max(left["wall"], 1e-6)
    met = None if target is None else ratio >= target
    row = {"case": case, "ours": left, "theirs": right, "ratio": round(ratio, 2)}
    return row | {"ratio_wall": round(wall, 2), "target": target, "met": met, **more}


def alone(case: str, times: Sequence[Seconds], *, at_most: float | None = None) -> dict[str, Any]:
    """Compare one side with a limit on its processor seconds."""
    row = {"case": case, "ours": summary(times), "at_most": at_most}
    return row | {"met": None if at_most is None else row["ours"]["cpu"] <= at_most}


def growth(
    case: str, make: Callable[[int], Work], *, repeats: int, sizes: Sequence[int] = (1, 4, 16)
) -> dict[str, Any]:
    """Processor seconds at each multiple of the work, and the exponent they grow with."""
    times = [alternate([make(size)], repeats)[0] for size in sizes]
    used = [statistics.median(cpu for _, cpu in one) for one in times]
    return {"case": case, "sizes": list(sizes), "cpu": used, **fit(sizes, used)}


def fit(sizes: Sequence[float], seconds: Sequence[float]) -> dict[str, float]:
    """Fit log seconds against log size: the slope, and the share of the variance it explains."""
    x, y = [math.log(one) for one in sizes], [math.log(one) for one in seconds]
    line = statistics.linear_regression(x, y)
    middle = statistics.fmean(y)
    rest = sum((b - line.slope * a - line.intercept) ** 2 for a, b in zip(x, y, strict=True))
    whole = sum((b - middle) ** 2 for b in y)
    return {"slope": round(line.slope, 2), "r2": round(1 - rest / whole if whole else 1.0, 3)}


def machine(*packages: str) -> dict[str, object]:
    """Describe the machine, how busy it is, and the versions of packages."""
    return {
        "machine": _processor_name(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
    }


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def save(
    benchmark: str,
    *packages: str,
    rows: Sequence[dict[str, Any]] = (),
    growth: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> None:
    """Write the rows of a benchmark to results/benchmarks/<benchmark>.json, and print them."""
    found = {"machine": machine(*packages), "rows": list(rows), "growth": list(growth), **more}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{benchmark}.json").write_text(json.dumps(found, indent=1) + "\n")
    for row in found["rows"]:
        print(line(row), flush=True)
    for row in found["growth"]:
        print(f"{row['case']}: slope {row['slope']}, R2 {row['r2']}", flush=True)


def line(row: dict[str, Any]) -> str:
    """A row as a sentence."""
    ours = row["ours"]
    start = f"{row['case']}: {ours['cpu']:.2f} s CPU, {ours['wall']:.2f} s wall"
    if "theirs" not in row:
        return start
    theirs = row["theirs"]
    other = f"against {theirs['cpu']:.2f} and {theirs['wall']:.2f}"
    return f"{start}, {other}: ratio {row['ratio']} (wall {row['ratio_wall']})"
