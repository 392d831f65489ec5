"""The schemas of tables that contrasts and votes make of test draws, for the report and readers.

Apart from `schemas`, which every job reads: a new column here reruns no sampling.
"""

import polars as pl

from ssdmath.tables.schemas import CONTRASTS

BY_PROBLEM = pl.Schema(
    {
        "contrast": pl.String(),
        "split": pl.String(),
        "problem": pl.String(),
        "stratum": pl.String(),  # of the problem
        "held_out": pl.Float64(),  # base's pass rate in draws that no score counts, or null
        "rate_a": pl.Float64(),  # share of correct draws, mean over runs
        "rate_b": pl.Float64(),
        "shrunk_a": pl.Float64(),  # best guess of the true pass rate (`stats.shrinkage`)
        "shrunk_b": pl.Float64(),
        "gain": pl.Float64(),  # shrunk_a minus shrunk_b
    }
)
VOTES = pl.Schema(
    {
        "arm": pl.String(),
        "models": pl.String(),  # comma-joined, one per run
        "decoding": pl.String(),
        "split": pl.String(),
        "metric": pl.String(),  # maj (majority vote of k draws) | pass (one of k is correct)
        "k": pl.Int64(),  # draws per problem
        "tokens": pl.Float64(),  # per problem: k times those that a draw takes, moves included
        "value": pl.Float64(),  # share of 1, mean over problems and runs
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "problems": pl.Int64(),  # with k draws of every run
        "runs": pl.Int64(),  # 0 for base
    }
)
OUTSIDE = pl.Schema(
    {
        "arm": pl.String(),
        "compared": pl.String(),  # each at its best | same decoding
        **CONTRASTS,  # on the outside problems; p_holm within this table
        "loss_at_most": pl.Float64(),  # a larger loss is outside of the 95 % interval
        "inside_problems": pl.Int64(),  # the same comparison on test, not corrected
        "inside_delta": pl.Float64(),
        "inside_lo": pl.Float64(),
        "inside_hi": pl.Float64(),
    }
)
