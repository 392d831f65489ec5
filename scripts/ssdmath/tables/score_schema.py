"""The columns of the score table, which depend on the k of pass@k."""

from collections.abc import Sequence

import polars as pl

from ssdmath.tables.statuses import STATUSES

TAUS = (0.5, 0.75)  # thresholds of G-Pass@k, as shares of k; at 1 it is pass^k
_CELL = {
    "model": pl.String(),
    "arm": pl.String(),
    "train_decoding": pl.String(),  # null for base, as the next two
    "train_seed": pl.Int64(),
    "step": pl.Int64(),
    "split": pl.String(),
    "decoding": pl.String(),
    "stratum": pl.String(),  # "all" or a level
}


def schema(ks: Sequence[int]) -> pl.Schema:
    """The columns of the score table, with pass@k and the like for each k (null if k > K/2)."""
    rate = pl.Float64()
    counts = dict.fromkeys(("problems", "draws", "missing"), pl.Int64())
    means = dict.fromkeys(("accuracy", "se", "lo", "hi"), rate)
    passes = [f"{name}@{k}" for name in ("pass", "maj") for k in ks] + [f"pass^{k}" for k in ks]
    passes += [f"gpass@{k}_{tau:g}" for k in ks for tau in TAUS]
    shares = [f"share_{status}" for status in STATUSES]
    health = ["think_closed", "boxed", "loop", "markers"]
    lengths = ["tokens_q25", "tokens_median", "tokens_q75"]  # Kaplan-Meier; null beyond the cap
    rates = ["within_share", *passes, "accuracy_completed", *shares, *health, *lengths]
    return pl.Schema(
        _CELL
        | counts
        | means
        | {"interval_method": pl.String()}
        | dict.fromkeys([*rates, "distinct_answers"], rate)
    )
