"""What a handful of draws says before the study: lengths, variance, and how fast they came."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ssdmath.stats import kaplan_meier

SHARES = (0.25, 0.5, 0.75)


def summary(
    samples: pl.DataFrame, verdicts: pl.DataFrame, settings: dict[str, Any]
) -> dict[str, Any]:
    """Summarise the draws of one cell; ValueError unless every problem has two or more."""
    per_problem = verdicts.group_by("problem").agg(
        rate=pl.col("correct").fill_null(False).mean(),
        draws=pl.len(),
        tokens=pl.col("tokens").mean(),
    )
    draws = int(per_problem["draws"].min() or 0)  # type: ignore[arg-type]
    if draws < 2 or per_problem.height < 2:
        found = f"{per_problem.height} problems, {draws} draws of one"
        raise ValueError(f"a pilot of {found}; at least 2 of each tell a variance")
    return {
        "settings": settings,
        "problems": per_problem.height,
        "draws": draws,
        "decoding": settings["decoding"],
        "prompt_tokens": float(samples["prompt_ids"].list.len().mean()),  # type: ignore[arg-type]
        "lengths": _lengths(samples, per_problem["tokens"].to_numpy()),
        "variance": _variance(per_problem["rate"].to_numpy(), draws),
    }


def _lengths(samples: pl.DataFrame, means: np.ndarray) -> dict[str, float | None]:
    """Lengths under the cap; quantiles by Kaplan-Meier, for a capped draw would have gone on."""
    tokens = samples["token_ids"].list.len().to_numpy()
    finished = (samples["finish"] == "stop").to_numpy()
    quantiles = kaplan_meier.quantiles(tokens, finished, SHARES)
    return {
        "mean": float(tokens.mean()),
        # The draws of a problem resemble each other: problems are the unit.
        "se": float(means.std(ddof=1) / np.sqrt(len(means))),
        "complete": float(tokens[finished].mean()) if finished.any() else None,
        "capped": float(1 - finished.mean()),
        **{f"q{100 * share:.0f}": at for share, at in zip(SHARES, quantiles, strict=True)},
    }


def _variance(rates: np.ndarray, draws: int) -> dict[str, float]:
    """Variance of a draw within its problem, and of the problems' true rates (method.md 5)."""
    within = float(np.mean(draws / (draws - 1) * rates * (1 - rates)))
    between = float(rates.var(ddof=1)) - within / draws
    return {"accuracy": float(rates.mean()), "within": within, "between": max(0.0, between)}


def speed(file: Path) -> dict[str, Any] | None:
    """The last line of a throughput file: how the pilot's draws came; None without a file.

    It is written beside the samples and no output of a rule, for no two runs agree on it.
    """
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text().splitlines()[-1])
    return {key: found[key] for key in ("draws", "tokens", "seconds_loading", "tokens_per_second")}
