"""Whether the results are whole: what must hold of a finished study's files."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.tables import parquet, schemas


class CheckError(ValueError):
    """A result that is not whole; one line naming the file."""


def cell(path: str, problems: Sequence[str], draws: int, cap: int) -> None:
    """Raise unless a sample cell holds every planned draw once, none over the cap."""
    frame = parquet.read(path, schemas.SAMPLES)
    planned = len(problems) * draws
    pairs = frame.select("problem", "index").n_unique()
    if frame.height != planned or pairs != planned or set(frame["problem"]) != set(problems):
        raise CheckError(f"{path}: {pairs} distinct draws in {frame.height} rows, not {planned}")
    lengths = frame["token_ids"].list.len()
    cut_off = frame["finish"] == "length"
    if (lengths > cap).any() or (lengths.filter(cut_off) != cap).any():
        longest = frame.select(pl.col("token_ids").list.len().max()).item()
        raise CheckError(f"{path}: completions of up to {longest} tokens under a cap of {cap}")


def scores(frame: pl.DataFrame, cells: Sequence[Cell]) -> None:
    """Raise unless every cell has its row and every rate is a rate."""
    held = set(frame.select("model", "split", "decoding").iter_rows())
    missing = {(c.model, c.split, c.decoding) for c in cells} - held
    if missing:
        raise CheckError(f"scores: no row for {sorted(missing)}")
    statuses = [name for name in frame.columns if name.startswith("share_")]
    off = frame.filter((pl.sum_horizontal(statuses) - 1).abs() > 1e-9)
    if off.height:
        raise CheckError(f"scores: {off.height} rows whose status shares do not add up to 1")
    wrong = frame.filter(~pl.col("accuracy").is_between(0, 1) | (pl.col("lo") > pl.col("hi")))
    if wrong.height:
        raise CheckError(f"scores: {wrong.height} rows with an accuracy or interval out of order")


def all_of(
    samples: Sequence[str], problems: dict[str, list[str]], table: pl.DataFrame, s: dict[str, Any]
) -> dict[str, Any]:
    """Check every cell and the score table; return what was checked, in numbers."""
    cells = [Cell.of(path) for path in samples]
    for path, one in zip(samples, cells, strict=True):
        cell(path, problems[one.split], s["planned"][one.split], s["cap"])
    scores(table, cells)
    return {
        "cells": len(cells),
        "rows_of_scores": table.height,
        "missing": int(table["missing"].sum()),
    }
