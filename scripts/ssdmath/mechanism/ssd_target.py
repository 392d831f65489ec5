"""Predicted against observed: how far a model moved towards the SSD target (paper, equation 4).

The target q_s of an arm is base's own distribution after the arm's synthesis decoding. docs/
mechanism.md derives the terms; they add up to the cross-entropy of q_s under a model.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import Model
from ssdmath.mechanism.geometry import Bootstrap
from ssdmath.mechanism.schemas import TARGET
from ssdmath.stats import problem_means
from ssdmath.stats.resampling import Floats

TERMS = (
    "cross-entropy",
    "support compression",
    "within-support reshaping",
    "alignment",
    "KL(q_s || p)",
)
CLOSED = "share of KL closed"
MOVED = 1e-3  # nats a token: below this base is at its target and a share of it says nothing


def table(
    carriers: pl.DataFrame,
    sums: Mapping[str, tuple[Floats, Floats]],
    *,
    seed: int,
    resamples: int,
) -> pl.DataFrame:
    """TARGET from the sums of every trained model: terms under base, then under the model."""
    boot = Bootstrap(carriers, seed=seed, resamples=resamples)
    rows = [row for model, held in sums.items() for row in _of_model(model, *held, boot)]
    return pl.DataFrame(rows, schema=TARGET)


def _of_model(
    model: str, totals: Floats, counts: Floats, boot: Bootstrap
) -> Iterator[dict[str, Any]]:
    parsed = Model.parse(model)
    before, after = np.hsplit(totals, 2)
    base, value, delta = (boot.estimate(one, counts) for one in (before, after, after - before))
    named: dict[str, Any] = {
        "model": model,
        "arm": parsed.arm,
        "decoding": parsed.train_decoding,
        "positions": delta.positions,
        "problems": delta.problems,
    }
    for at, term in enumerate(TERMS):
        change, lo, hi = delta.row(at)
        yield named | {
            "term": term,
            "base": base.row(at)[0],
            "value": value.row(at)[0],
            "delta": change,
            "delta_lo": lo,
            "delta_hi": hi,
        }
    yield named | _closed(totals, counts, boot)


def _closed(totals: Floats, counts: Floats, boot: Bootstrap) -> dict[str, Any]:
    """1 - KL(q_s || p_trained) / KL(q_s || p_base); null where base is its own target."""
    at = TERMS.index("KL(q_s || p)")
    mean, many, count = boot.resampled(totals, counts)
    row: dict[str, Any] = {"term": CLOSED, "base": 0.0}
    if mean[at] < MOVED:
        return row | {"base": None}
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 1 - many[:, at + len(TERMS)] / many[:, at]
    share = float(1 - mean[at + len(TERMS)] / mean[at])
    lo, hi = problem_means.interval(shares, count)
    return row | {"value": share, "delta": share, "delta_lo": lo, "delta_hi": hi}
