"""Times the statistics on one core: imports, bootstrap by matrix and by loop, a score table.

Run: OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 PYTHONPATH=scripts python benchmarks/inference.py
Wall and CPU time are both shown: on a busy machine the second is the one to compare.
"""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from ssdmath import metrics
from ssdmath.inference.contrasts import Contrast, Side, contrasts
from ssdmath.inference.resampling import bootstrap_means

PROBLEMS, CELLS, RESAMPLES, DRAWS = 1_000, 60, 10_000, 8
LOOPED = 200  # resamples of the loop that is compared; its time is scaled up
MODULES = "ssdmath.metrics, ssdmath.choice, ssdmath.attribution, ssdmath.temperature"


def main() -> None:
    """Print the median of five runs of each, and what they ran on."""
    print(
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, "
        f"polars {pl.__version__}"
    )
    rates = np.random.default_rng(0).binomial(DRAWS, 0.6, size=(PROBLEMS, CELLS)) / DRAWS
    clusters = np.arange(PROBLEMS)
    matrix = _median(lambda: bootstrap_means(rates, clusters, seed=0, resamples=RESAMPLES))
    loop = _median(lambda: _loop(rates))
    _line(f"bootstrap, {RESAMPLES} x {PROBLEMS} problems x {CELLS} cells", matrix)
    _line(f"the same by a Python loop over resamples (from {LOOPED})", loop, RESAMPLES / LOOPED)
    problems, draws = _study()
    planned = {"validation": DRAWS}
    whole = _median(
        lambda: metrics.scores(draws, problems, planned=planned, ks=[1, 2, 4], cap=128, seed=0)
    )
    _line(f"scores, {draws.height} draws, {CELLS} cells x 4 strata, k = 1, 2, 4", whole)
    declared = [
        Contrast(
            f"c{at}", "confirmatory", "validation", Side((f"m{at}",), "t1"), Side(("m0",), "t1")
        )
        for at in range(1, 11)
    ]
    _line("10 contrasts of it", _median(lambda: contrasts(draws, problems, declared, seed=0)))
    _line("import of the statistics, new process", _median(lambda: _run(f"import {MODULES}")))
    _line("import of polars and numpy alone", _median(lambda: _run("import polars, numpy")))
    _line("an empty process", _median(lambda: _run("pass")))


def _loop(rates: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    for _ in range(LOOPED):
        rates[rng.integers(0, PROBLEMS, size=PROBLEMS)].mean(axis=0)


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def _study() -> tuple[pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(0)
    ids = [f"p{at:04d}" for at in range(PROBLEMS)]
    problems = pl.DataFrame(
        {"id": ids, "split": "validation", "stratum": np.resize(["a", "b", "c"], PROBLEMS)}
    ).with_columns(cluster="id")
    total = PROBLEMS * CELLS * DRAWS
    right = rng.random(total) < 0.6
    draws = pl.DataFrame(
        {
            "model": np.repeat([f"m{at}" for at in range(CELLS)], PROBLEMS * DRAWS),
            "arm": "ssd",
            "train_decoding": "t1",
            "train_seed": 0,
            "step": 1,
            "split": "validation",
            "decoding": "t1",
            "problem": np.tile(np.repeat(ids, DRAWS), CELLS),
            "index": np.tile(np.arange(DRAWS), PROBLEMS * CELLS),
            "status": np.where(right, "correct", "wrong"),
            "correct": right,
            "answer": np.where(right, "1", rng.choice(["2", "3", "4"], size=total)),
            "tokens": rng.integers(5, 128, size=total),
            "think_closed": True,
            "boxed": True,
            "loop": False,
            "markers": 0,
        }
    )
    return problems, draws


def _median(run: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Median wall and median CPU seconds, child processes included."""
    wall, used = [], []
    for _ in range(times):
        begun, cpu = time.perf_counter(), sum(os.times()[:4])
        run()
        wall.append(time.perf_counter() - begun)
        used.append(sum(os.times()[:4]) - cpu)
    return statistics.median(wall), statistics.median(used)


def _line(name: str, seconds: tuple[float, float], times: float = 1.0) -> None:
    wall, used = seconds
    print(f"{wall * times:8.2f} s wall {used * times:8.2f} s CPU  {name}", flush=True)


if __name__ == "__main__":
    main()
