"""The schemas of tables that contrasts and votes make of test draws, for the report and readers.

Apart from `schemas`, which every job reads: a new column here reruns no sampling.
"""

import polars as pl

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
