"""Predicted against observed: how far a model moved towards the SSD target (paper, equation 4).

The target q_s of an arm is base's own distribution after the arm's synthesis decoding. The terms
add up to the cross-entropy of q_s under a model; docs/mechanism.md derives them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import Model
from ssdmath.mechanism.schemas import TARGET
from ssdmath.stats import problem_means
from ssdmath.stats.problem_means import Bootstrap
from ssdmath.stats.resampling import Floats

TERMS = (
    "cross-entropy",
    "support compression",
    "within-support reshaping",
    "alignment",
    "KL(q_s || p)",
)
CLOSED = "share of KL closed"
SMALLEST_KL = 1e-3  # nats per token; below it base is at its target and a share means nothing


def table(
    contexts: pl.DataFrame,
    sums: Mapping[str, tuple[Floats, Floats]],
    *,
    seed: int,
    resamples: int,
) -> pl.DataFrame:
    """TARGET from the sums of every trained model: terms under base, then under the model."""
    boot = Bootstrap(contexts, seed=seed, resamples=resamples)
    rows = [row for model, of_model in sums.items() for row in _of_model(model, *of_model, boot)]
    return pl.DataFrame(rows, schema=TARGET)


def _of_model(
    model: str, totals: Floats, counts: Floats, boot: Bootstrap
) -> Iterator[dict[str, Any]]:
    parsed = Model.parse(model)
    before, after = np.hsplit(totals, 2)
    base, value, delta = (boot.estimate(x, counts) for x in (before, after, after - before))
    names: dict[str, Any] = {
        "model": model,
        "arm": parsed.arm,
        "decoding": parsed.train_decoding,
        **delta.sizes,
    }
    for i, term in enumerate(TERMS):
        under = {"base": base.row(i)[0], "value": value.row(i)[0]}
        yield names | {"term": term} | under | delta.change(i)
    yield names | _closed(totals, counts, boot)


def _closed(totals: Floats, counts: Floats, boot: Bootstrap) -> dict[str, Any]:
    """1 - KL(q_s || p_trained) / KL(q_s || p_base); null where base is its own target."""
    kl = TERMS.index("KL(q_s || p)")
    trained_kl = kl + len(TERMS)
    mean, resamples, count = boot.resampled(totals, counts)
    row: dict[str, Any] = {"term": CLOSED, "base": 0.0}
    if mean[kl] < SMALLEST_KL:
        return row | {"base": None}
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 1 - resamples[:, trained_kl] / resamples[:, kl]
    share = float(1 - mean[trained_kl] / mean[kl])
    lo, hi = problem_means.interval(shares, count)
    return row | {"value": share, "delta": share, "delta_lo": lo, "delta_hi": hi}
