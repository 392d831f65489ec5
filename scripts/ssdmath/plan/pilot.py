"""The summary of a pilot, a handful of draws before the study: lengths, variance and speed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.base import Slug
from ssdmath.config.model import ModelConfig
from ssdmath.config.planning import PilotConfig
from ssdmath.stats import kaplan_meier

SHARES = (0.25, 0.5, 0.75)


class PilotSettings(PilotConfig):
    """Everything that decides a pilot's draws."""

    model: ModelConfig
    decoding: Slug
    cap: int


def summary(
    samples: pl.DataFrame, verdicts: pl.DataFrame, settings: PilotSettings
) -> dict[str, Any]:
    """Summarise one cell (SAMPLES and VERDICTS); ValueError unless each problem has two draws."""
    per_problem = verdicts.group_by("problem").agg(
        rate=pl.col("correct").fill_null(False).mean(),
        draws=pl.len(),
        tokens=pl.col("tokens").mean(),
    )
    draws = int(per_problem["draws"].min() or 0)  # type: ignore[arg-type]
    if draws < 2 or per_problem.height < 2:
        size = f"{per_problem.height} problems, {draws} draws of one"
        raise ValueError(f"a pilot of {size}; a variance needs at least 2 of each")
    return {
        "settings": settings.model_dump(mode="json"),
        "problems": per_problem.height,
        "draws": draws,
        "decoding": settings.decoding,
        "prompt_tokens": float(samples["prompt_ids"].list.len().mean()),  # type: ignore[arg-type]
        "lengths": _lengths(samples, per_problem["tokens"].to_numpy()),
        "variance": _variance(per_problem["rate"].to_numpy(), draws),
    }


def _lengths(samples: pl.DataFrame, means: np.ndarray) -> dict[str, float | None]:
    """Lengths under the cap; quantiles by Kaplan-Meier, as capped draws are longer."""
    tokens = samples["token_ids"].list.len().to_numpy()
    finished = (samples["finish"] == "stop").to_numpy()
    quantiles = kaplan_meier.quantiles(tokens, finished, SHARES)
    return {
        "mean": float(tokens.mean()),
        # The draws of one problem resemble each other, so the problems are the unit.
        "se": float(means.std(ddof=1) / np.sqrt(len(means))),
        "complete": float(tokens[finished].mean()) if finished.any() else None,
        "capped": float(1 - finished.mean()),
        **{f"q{100 * share:.0f}": q for share, q in zip(SHARES, quantiles, strict=True)},
    }


def _variance(rates: np.ndarray, draws: int) -> dict[str, float]:
    """Variance of a draw within its problem, and of the true rates (docs/method.md, section 5)."""
    within = float(np.mean(draws / (draws - 1) * rates * (1 - rates)))
    between = float(rates.var(ddof=1)) - within / draws
    return {"accuracy": float(rates.mean()), "within": within, "between": max(0.0, between)}


def speed(file: Path) -> dict[str, Any] | None:
    """Read the pilot's speed from the last line of a throughput file; None without a file.

    The file is not an output of any rule, because no two runs write the same times.
    """
    if not file.exists():
        return None
    job: dict[str, Any] = json.loads(file.read_text().splitlines()[-1])
    return {key: job[key] for key in ("draws", "tokens", "seconds_loading", "tokens_per_second")}
