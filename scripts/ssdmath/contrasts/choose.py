"""The one choice of a study: which cell of each arm meets the test split, by validation alone.

The rule is written down before it is applied, every arm has its own winner (base included), and
the winner's mean is shown with the optimism that choosing the best of many brings.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from ssdmath.contrasts import candidates as cells
from ssdmath.contrasts import race
from ssdmath.contrasts.borders import borders
from ssdmath.contrasts.candidates import SPLIT, Candidate, Key
from ssdmath.stats.intervals import mean_intervals
from ssdmath.stats.outcomes import KEY, Outcomes, tally
from ssdmath.stats.resampling import Floats, cluster_sums
from ssdmath.tables.rounding import PLACES

_TIE = 1e-12
RUNNERS_UP = 5  # listed beside each winner


def choose(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    *,
    min_draws: int,
    seed: int,
    splits: int = 200,
    resamples: int = 10_000,
    arms: Sequence[str] | None = None,
    races: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Choose for each arm (all of them, or `arms`) its best cell pooled over training seeds.

    Cells with fewer than `min_draws` draws of a problem are excluded and listed, and so are cells
    that the arm's `races` did not keep (`race.read_all`). ValueError: draws of any split but
    validation, an arm without a candidate.
    """
    cells.check_split(draws, "choose")
    outcomes = tally(draws, problems, SPLIT)
    names = sorted(set(outcomes.cells["arm"])) if arms is None else list(arms)
    choices = {
        arm: _of_arm(arm, outcomes, min_draws, seed, splits, resamples, races) for arm in names
    }
    rule = (
        f"For each arm, among its cells (training decoding x step x decoding, pooled over training "
        f"seeds) with at least {min_draws} draws of every {SPLIT} problem: the best mean accuracy; "
        "ties to the lower temperature, then to the fewer steps."
    )
    stated = {"rule": rule, "split": SPLIT, "splits": splits}
    return stated | {"validation": digest(draws), "arms": choices}


def digest(draws: pl.DataFrame) -> str:
    """Fingerprint of what was drawn and judged, whatever the order: 16 hex digits of its sha256."""
    columns = [*KEY, "problem", "index", "status", "correct"]
    text = draws.select(columns).sort(columns).write_csv()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _of_arm(
    arm: str,
    outcomes: Outcomes,
    min_draws: int,
    seed: int,
    splits: int,
    resamples: int,
    races: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    finalists = race.finalists(races, arm) if races else None
    lost = race.dropped(races, arm)
    candidates, excluded = _candidates(arm, outcomes, min_draws, finalists)
    if not candidates:
        shortage = f"{len(excluded)} cells, none with {min_draws} draws of every problem"
        raise ValueError(f"choose: arm {arm} has {shortage}")
    rates = np.column_stack([outcomes.rates[:, c.columns].mean(axis=1) for c in candidates])
    drawn = np.column_stack([outcomes.drawn[:, c.columns].sum(axis=1) for c in candidates])
    order, described = _described(candidates, outcomes, rates, drawn, seed, resamples)
    keys = [candidate.key for candidate in candidates]
    trained = sorted({key.train_decoding for key in keys if key.train_decoding})
    tried = {key.decoding for key in keys} | {row["decoding"] for row in lost}
    return {
        "winner": described[0],
        "runners_up": described[1 : RUNNERS_UP + 1],
        "by_train_decoding": {
            name: next(cell for cell in described if cell["train_decoding"] == name)
            for name in trained
        },
        "candidates": len(candidates),
        "draws_per_problem": int(drawn[:, order[0]].min()),
        "excluded": excluded,
        "corrected": corrected(rates, outcomes.clusters, order[0], seed=seed, splits=splits),
        "border": borders(described[0]["decoding"], sorted(tried)),
        "best_of_k": best_of_k(rates, outcomes.clusters, seed=seed, splits=splits),
        **({"dropped": lost} if races else {}),
    }


def _described(
    candidates: list[Candidate],
    outcomes: Outcomes,
    rates: Floats,
    drawn: np.ndarray,
    seed: int,
    resamples: int,
) -> tuple[list[int], list[dict[str, Any]]]:
    """The candidates' order, the best mean first, and in it what is known of each of them."""
    intervals = mean_intervals(rates, drawn, outcomes.clusters, seed=seed, resamples=resamples)
    means = [round(float(mean), 12) for mean in intervals.mean]
    order = sorted(range(len(candidates)), key=lambda at: (-means[at], at))
    return order, [
        {
            **candidates[at].key._asdict(),
            "models": cells.models(candidates[at], outcomes),
            "mean": round(float(intervals.mean[at]), PLACES),
            "lo": round(float(intervals.lo[at]), PLACES),
            "hi": round(float(intervals.hi[at]), PLACES),
            "problems": len(rates),
            "draws": int(drawn[:, at].sum()),
        }
        for at in order
    ]


def corrected(
    rates: Floats, clusters: np.ndarray, winner: int, *, seed: int, splits: int
) -> dict[str, float]:
    """The winner's curse undone: choose on a random half of the clusters, estimate on the other.

    `rates` is problems x candidates, candidates in tie order. The estimate is the mean over
    `splits` halvings; optimism is how far the winner's own mean lies above it.
    """
    count = len(np.unique(clusters))
    if count < 2:
        raise ValueError("choose: a single cluster of problems cannot be halved")
    rng = np.random.default_rng([seed, count, splits])
    chosen_on, read_on = _halves(rates, clusters, rng, splits)
    picked = (chosen_on >= chosen_on.max(axis=1, keepdims=True) - _TIE).argmax(axis=1)
    estimate = float(read_on[np.arange(splits), picked].mean())
    return {
        "estimate": round(estimate, PLACES),
        "optimism": round(float(rates[:, winner].mean()) - estimate, PLACES),
        "same_winner": round(float((picked == winner).mean()), PLACES),
    }


def best_of_k(
    rates: Floats, clusters: np.ndarray, *, seed: int, splits: int
) -> list[dict[str, float]]:
    """What tuning buys: accuracy of the best of k random candidates, for k = 1, 2, 3, 5, 8, ...

    `rates` is problems x candidates. The best of k is chosen on one half of the clusters and read
    on the other, for the test split has the one chosen cell of each arm; mean over `splits`
    halvings, each with its own order of candidates.
    """
    count = rates.shape[1]
    rng = np.random.default_rng([seed, count, splits, 1])
    chosen_on, read_on = _halves(rates, clusters, rng, splits)
    order = np.argsort(rng.random((splits, count)), axis=1)
    first = np.take_along_axis(chosen_on, order, axis=1)
    second = np.take_along_axis(read_on, order, axis=1)
    rows = []
    for k in sorted({k for k in (1, 2, 3, 5, 8, 13, 21, 34, 55) if k < count} | {count}):
        picked = first[:, :k].argmax(axis=1)
        accuracy = float(second[np.arange(splits), picked].mean())
        rows.append({"k": k, "accuracy": round(accuracy, PLACES)})
    return rows


def _halves(
    rates: Floats, clusters: np.ndarray, rng: np.random.Generator, splits: int
) -> tuple[Floats, Floats]:
    """Means of each candidate on two random halves of the clusters: splits x candidates each."""
    totals = cluster_sums(rates, clusters)
    sizes = cluster_sums(np.ones((len(rates), 1)), clusters)
    places = np.argsort(rng.random((splits, len(totals))), axis=1)
    half = (places < len(totals) // 2).astype(np.float64)
    return half @ totals / (half @ sizes), (1 - half) @ totals / ((1 - half) @ sizes)


def _candidates(
    arm: str, outcomes: Outcomes, min_draws: int, finalists: Collection[Key] | None
) -> tuple[list[Candidate], list[dict[str, Any]]]:
    """The arm's candidates in tie order; and those with too few draws or not in the last rung."""
    candidates, excluded = [], []
    for candidate in cells.of_arm(arm, outcomes):
        fewest = int(outcomes.drawn[:, candidate.columns].min())
        reason = ""
        if fewest < max(1, min_draws):
            reason = f"{fewest} draws of a problem, fewer than {min_draws}"
        elif finalists is not None and candidate.key not in finalists:
            reason = "dropped in a race; drawn to be compared with another arm"
        if reason:
            excluded.append({**candidate.key._asdict(), "reason": reason})
        else:
            candidates.append(candidate)
    return candidates, excluded
