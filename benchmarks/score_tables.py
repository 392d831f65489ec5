"""Compare the score and contrast tables with the loop that one writes first.

The loop goes through each cell, stratum and contrast: means, pass@k by `scipy`, the majority vote,
a bootstrap over clusters and a permutation test, one resample at a time. It makes fewer columns
than ours (no health rates, no lengths, no corrections). It is timed on LOOPED resamples and scaled.
A second loop sums each cluster once; one writes it when the first is too slow.
Usage: python benchmarks/score_tables.py [--quick]
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import numpy as np
import polars as pl
import timing
from scipy.special import comb

from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import contrasts
from ssdmath.scores import table
from ssdmath.tables import statuses

RESAMPLES, LOOPED, DRAWS, KS, CONTRASTS = 10_000, 20, 8, (1, 2, 4), 10
STRATA = ["a", "b", "c"]
Study = tuple[pl.DataFrame, pl.DataFrame]  # problems, draws


def main(*, quick: bool) -> None:
    """Time both sides, the import in a new process, and growth with the number of problems."""
    problems, cells, repeats = (100, 6, 2) if quick else (300, 24, 5)
    made = study(problems, cells)
    pieces = [
        lambda: tables_of(made, cells),
        lambda: plain(made, cells),
        lambda: resampled(made, cells, bootstrapped),
        lambda: resampled(made, cells, summed),
    ]
    ours, fixed, *loops = timing.alternate(pieces, repeats)
    theirs = [[whole(*both) for both in zip(fixed, loop, strict=True)] for loop in loops]
    note = f"{cells} cells x 4 strata, {problems} problems x {DRAWS} draws, {CONTRASTS} contrasts"
    starts = timing.alternate([lambda: started("import ssdmath.scores.table")], repeats)[0]
    rows = [
        timing.versus("score and contrast tables", ours, theirs[0], target=50, note=note),
        timing.versus("a loop that sums its clusters once", ours, theirs[1]),
        timing.alone("import ssdmath.scores.table, a new process", starts, at_most=0.7),
    ]
    base = problems // 4
    growth = timing.growth(
        "ours, problems", lambda size: grown(base * size, cells), repeats=min(repeats, 3)
    )
    timing.save("score_tables", "numpy", "polars", "scipy", rows=rows, growth=[growth])


def whole(fixed: timing.Seconds, loop: timing.Seconds) -> timing.Seconds:
    """Add what is done once and the time of all resamples."""
    scale = RESAMPLES / LOOPED
    return fixed[0] + loop[0] * scale, fixed[1] + loop[1] * scale


def grown(problems: int, cells: int) -> timing.Work:
    """Our tables over so many problems."""
    made = study(problems, cells)
    return lambda: tables_of(made, cells)


def tables_of(made: Study, cells: int) -> None:
    """Our score table and our contrasts."""
    problems, draws = made
    table.scores(draws, problems, planned={"validation": DRAWS}, ks=list(KS), cap=128, seed=0)
    declared = [
        Contrast(name, "confirmatory", "validation", Side((name,), "t1"), Side(("m0",), "t1"))
        for name in others(cells)
    ]
    contrasts(draws, problems, declared, seed=0)


def others(cells: int) -> list[str]:
    """The models that are compared with the first one."""
    return [f"m{1 + at % (cells - 1)}" for at in range(CONTRASTS)][: cells - 1]


def plain(made: Study, cells: int) -> None:
    """The part of the loop that is done once: cell by cell, stratum by stratum."""
    problems, draws = made
    strata = dict(problems.select("id", "stratum").iter_rows())
    for model in draws["model"].unique().to_list():
        cell = draws.filter(pl.col("model") == model)
        answers = {str(name): rows for (name,), rows in cell.group_by("problem")}
        for stratum in ["all", *STRATA]:
            scored(answers, [one for one in answers if stratum in ("all", strata[one])])


Resample = Callable[[np.ndarray, np.ndarray], None]


def resampled(made: Study, cells: int, bootstrap: Resample) -> None:
    """LOOPED resamples of every cell and stratum, and of every contrast with its signs."""
    problems = made[0]
    clusters = problems["cluster"].rank("dense").to_numpy() - 1
    values = np.random.default_rng(1).random(problems.height)
    for stratum in ["all", *STRATA]:
        inside = np.full(len(values), True)
        if stratum != "all":
            inside = (problems["stratum"] == stratum).to_numpy()
        for _ in range(cells):
            bootstrap(values[inside], clusters[inside])
    for _ in others(cells):
        bootstrap(values, clusters)
        flipped(values, clusters)


def scored(answers: dict[str, pl.DataFrame], inside: list[str]) -> dict[str, float]:
    """pass@k and the majority's accuracy, problem by problem."""
    found: Counter[str] = Counter()
    for one in inside:
        right = int(answers[one]["correct"].sum())
        for k in KS:
            found[f"pass@{k}"] += 1 - comb(DRAWS - right, k) / comb(DRAWS, k)
        votes = Counter(answers[one]["answer"].to_list())
        found["maj"] += votes.most_common(1)[0][0] == "1"
    return {name: value / len(inside) for name, value in found.items()}


def bootstrapped(values: np.ndarray, clusters: np.ndarray) -> None:
    """Draw clusters, gather their problems, take the mean; once per resample."""
    rng = np.random.default_rng(0)
    members = [np.flatnonzero(clusters == one) for one in np.unique(clusters)]
    means = []
    for _ in range(LOOPED):
        drawn = rng.integers(0, len(members), size=len(members))
        means.append(values[np.concatenate([members[one] for one in drawn])].mean())
    np.percentile(means, [2.5, 97.5])


def summed(values: np.ndarray, clusters: np.ndarray) -> None:
    """The same on the clusters' sums and sizes."""
    rng = np.random.default_rng(0)
    _, number = np.unique(clusters, return_inverse=True)
    sums, sizes = np.bincount(number, weights=values), np.bincount(number)
    means = []
    for _ in range(LOOPED):
        drawn = rng.integers(0, len(sums), size=len(sums))
        means.append(sums[drawn].sum() / sizes[drawn].sum())
    np.percentile(means, [2.5, 97.5])


def flipped(gaps: np.ndarray, clusters: np.ndarray) -> None:
    """Means under random signs of the clusters, for the permutation test."""
    rng = np.random.default_rng(0)
    for _ in range(LOOPED):
        abs((gaps * rng.choice([-1, 1], len(gaps))[clusters]).mean())


def started(code: str) -> None:
    """Run code in a new interpreter."""
    subprocess.run([sys.executable, "-c", code], check=True)


def study(problems: int, cells: int) -> Study:
    """Random draws of a study: problems in pairs (clusters), a third in each stratum."""
    rng = np.random.default_rng(0)
    ids = [f"p{at:04d}" for at in range(problems)]
    frame = pl.DataFrame(
        {"id": ids, "split": "validation", "stratum": np.resize(STRATA, problems)}
    ).with_columns(cluster=pl.Series([f"c{at // 2:04d}" for at in range(problems)]))
    total = problems * cells * DRAWS
    right = rng.random(total) < 0.6
    draws = pl.DataFrame(
        {
            "model": np.repeat([f"m{at}" for at in range(cells)], problems * DRAWS),
            "arm": "ssd",
            "train_decoding": "t1",
            "train_seed": 0,
            "step": 1,
            "split": "validation",
            "decoding": "t1",
            "problem": np.tile(np.repeat(ids, DRAWS), cells),
            "index": np.tile(np.arange(DRAWS), problems * cells),
            "status": np.where(right, statuses.CORRECT, statuses.WRONG),
            "correct": right,
            "answer": np.where(right, "1", rng.choice(["2", "3", "4"], size=total)),
            "tokens": rng.integers(5, 128, size=total),
            "think_closed": True,
            "boxed": True,
            "loop": False,
            "markers": 0,
        }
    )
    return frame, draws


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
