"""Carriers: the completions that serve as contexts, stratified, from validation draws only."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import polars as pl

from ssdmath.config.names import Cell, Model
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.tables import parquet, schemas

LENGTHS = ("short", "middle", "long")
STRATIFIED = ("writer", "correct", "length")
_NONE: dict[str, list[Any]] = {"places": [], "labels": [], "right": []}


def candidates(verdicts: Sequence[str]) -> pl.DataFrame:
    """Every draw of the writers' cells with what it is stratified by."""
    parts = []
    for path in verdicts:
        cell = Cell.of(path)
        if cell.split != "validation":
            raise parquet.TableError(f"{path}: carriers are taken from validation draws only")
        names = {"writer": cell.model, "arm": Model.parse(cell.model).arm}
        frame = parquet.read(path, schemas.VERDICTS).select("problem", "index", "status", "tokens")
        parts.append(frame.with_columns(**{k: pl.lit(v) for k, v in names.items()}))
    every = pl.concat(parts)
    ends = [every["tokens"].quantile(share) for share in (1 / 3, 2 / 3)]
    tokens = pl.col("tokens")
    third = pl.when(tokens <= ends[0]).then(0).when(tokens <= ends[1]).then(1).otherwise(2)
    return every.with_columns(
        length=third.replace_strict([0, 1, 2], LENGTHS, return_dtype=pl.String),
        correct=pl.col("status") == "correct",
    ).sort("writer", "problem", "index")


def picked(every: pl.DataFrame, *, number: int, seed: int) -> pl.DataFrame:
    """As even a share of each (writer, correct, length) as there are draws; problems spread.

    Each cell in turn gives the first of its shuffled draws whose problem was used least.
    """
    rng = Random(f"carriers:{seed}")
    queues = []
    for _, group in every.group_by(STRATIFIED, maintain_order=True):
        queue = group.rows(named=True)
        rng.shuffle(queue)
        queues.append(queue)
    used: Counter[str] = Counter()
    chosen: list[dict[str, Any]] = []
    while len(chosen) < number and any(queues):
        for queue in queues:
            if queue and len(chosen) < number:
                at = min(range(len(queue)), key=lambda i: (used[queue[i]["problem"]], i))
                chosen.append(queue.pop(at))
                used[chosen[-1]["problem"]] += 1
    return pl.DataFrame(chosen, schema=every.schema)


def sampled(picks: pl.DataFrame, samples: Sequence[str], problems: pl.DataFrame) -> pl.DataFrame:
    """The picked draws with their token ids, as CONTEXTS."""
    parts = []
    for path in samples:
        mine = picks.filter(pl.col("writer") == Cell.of(path).model)
        ids = ["problem", "index", "prompt_ids", "token_ids"]
        frame = parquet.read(path, schemas.SAMPLES).select(ids)
        parts.append(mine.join(frame, on=["problem", "index"], how="inner"))
    joined = pl.concat(parts).sort("writer", "problem", "index")
    empty = [pl.lit(none, dtype=CONTEXTS[name]).alias(name) for name, none in _NONE.items()]
    return numbered(joined.with_columns(source=pl.lit("sampled")).with_columns(empty), problems)


def numbered(frame: pl.DataFrame, problems: pl.DataFrame, start: int = 0) -> pl.DataFrame:
    """Add the problem's columns and the carrier's number; CONTEXTS in order."""
    known = problems.select("id", "cluster", "stratum")
    joined = frame.join(known, left_on="problem", right_on="id", how="left", maintain_order="left")
    number = pl.int_range(start, start + pl.len(), dtype=pl.Int32).alias("carrier")
    return joined.with_columns(number).select(CONTEXTS.names()).cast(CONTEXTS)
