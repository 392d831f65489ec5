"""What must hold for the files of a finished study: nothing missing, nothing out of range."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.tables import parquet, schemas


class CheckError(ValueError):
    """An incomplete or impossible result; one line naming the file."""


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
    """Raise unless every cell has its row and every rate lies in its range."""
    scored = set(frame.select("model", "split", "decoding").iter_rows())
    missing = {(c.model, c.split, c.decoding) for c in cells} - scored
    if missing:
        raise CheckError(f"scores: no row for {sorted(missing)}")
    statuses = [name for name in frame.columns if name.startswith("share_")]
    not_one = frame.filter((pl.sum_horizontal(statuses) - 1).abs() > 1e-9)
    if not_one.height:
        raise CheckError(f"scores: {not_one.height} rows whose status shares do not add up to 1")
    wrong = frame.filter(~pl.col("accuracy").is_between(0, 1) | (pl.col("lo") > pl.col("hi")))
    if wrong.height:
        raise CheckError(f"scores: {wrong.height} rows with an accuracy or interval out of order")


def all_of(
    samples: Sequence[str],
    problems: dict[str, list[str]],
    table: pl.DataFrame,
    settings: dict[str, Any],
) -> dict[str, Any]:
    """Check every cell and the score table; return what was checked, in numbers."""
    cells = [Cell.of(path) for path in samples]
    for path, name in zip(samples, cells, strict=True):
        cell(path, problems[name.split], settings["planned"][name.split], settings["cap"])
    scores(table, cells)
    return {
        "cells": len(cells),
        "rows_of_scores": table.height,
        "missing": int(table["missing"].sum()),
    }
