"""The tables of compared studies."""

import polars as pl

STUDIES = pl.Schema(
    {
        "contrast": pl.String(),
        "split": pl.String(),
        "study": pl.String(),
        "a": pl.String(),  # the sides as this study resolved them
        "b": pl.String(),
        "problems": pl.Int64(),
        "runs": pl.Int64(),
        "delta": pl.Float64(),  # shares of 1, as are the next three
        "se": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "verdict": pl.String(),
        "weight": pl.Float64(),  # in the pooled estimate; adds up to 1, null where none was made
    }
)
POOLED = pl.Schema(
    {
        "contrast": pl.String(),
        "split": pl.String(),
        "studies": pl.Int64(),
        "method": pl.String(),
        "delta": pl.Float64(),  # shares of 1, as are se, lo, hi, tau and the two of a next study
        "se": pl.Float64(),
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "p": pl.Float64(),
        "tau": pl.Float64(),  # sd of true differences over studies; null of a fixed effect
        "q": pl.Float64(),
        "p_q": pl.Float64(),
        "i2": pl.Float64(),
        "next_lo": pl.Float64(),
        "next_hi": pl.Float64(),
        "note": pl.String(),
    }
)
DIFFERENCES = pl.Schema({"key": pl.String(), "study": pl.String(), "value": pl.String()})
