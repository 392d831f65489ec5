"""Picks the contexts from validation draws, evenly over writer, correctness and length."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import polars as pl

from ssdmath.config.base import ClosedModel
from ssdmath.config.names import Cell, Model
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.tables import parquet, schemas, statuses

LENGTHS = ("short", "middle", "long")
STRATIFIED = ("writer", "correct", "length")
_UNLABELLED: dict[str, list[Any]] = {"places": [], "labels": [], "right": []}


class GeneratedSplit(ClosedModel):
    """The validation split of a generated source: seed, number of problems, world, families."""

    seed: int
    size: int
    name: str = "decoding"
    families: tuple[str, ...] = ()  # all of them


class ContextSettings(ClosedModel):
    """The settings of the rule `contexts`; `world` is None where problems are not generated."""

    carriers: int
    written: int
    seed: int
    cap: int
    world: GeneratedSplit | None


def candidates(verdicts: Sequence[str]) -> pl.DataFrame:
    """Every draw of the given cells with the columns it is stratified by.

    TableError for a cell outside the validation split.
    """
    frames = []
    for path in verdicts:
        cell = Cell.of(path)
        if cell.split != "validation":
            raise parquet.TableError(f"{path}: carriers are taken from validation draws only")
        writer, arm = pl.lit(cell.model), pl.lit(Model.parse(cell.model).arm)
        frame = parquet.read(path, schemas.VERDICTS).select("problem", "index", "status", "tokens")
        frames.append(frame.with_columns(writer=writer, arm=arm))
    draws = pl.concat(frames)
    bounds = [draws["tokens"].quantile(share) for share in (1 / 3, 2 / 3)]
    tokens = pl.col("tokens")
    short, middle, long = map(pl.lit, LENGTHS)
    third = pl.when(tokens <= bounds[0]).then(short).when(tokens <= bounds[1]).then(middle)
    return draws.with_columns(
        length=third.otherwise(long),
        correct=pl.col("status") == statuses.CORRECT,
    ).sort("writer", "problem", "index")


def pick(draws: pl.DataFrame, *, number: int, seed: int) -> pl.DataFrame:
    """Pick `number` draws, as evenly over (writer, correct, length) as there are draws.

    Each combination in turn gives the first of its shuffled draws whose problem was used least, so
    that the problems are spread.
    """
    rng = Random(f"carriers:{seed}")
    queues = []
    for _, group in draws.group_by(STRATIFIED, maintain_order=True):
        queue = group.rows(named=True)
        rng.shuffle(queue)
        queues.append(queue)
    picked: Counter[str] = Counter()
    picks: list[dict[str, Any]] = []
    while len(picks) < number and any(queues):
        for queue in queues:
            if queue and len(picks) < number:
                best = min(range(len(queue)), key=lambda i: (picked[queue[i]["problem"]], i))
                picks.append(queue.pop(best))
                picked[picks[-1]["problem"]] += 1
    return pl.DataFrame(picks, schema=draws.schema)


def with_tokens(
    picks: pl.DataFrame, samples: Sequence[str], problems: pl.DataFrame
) -> pl.DataFrame:
    """The picked draws with their token ids, as CONTEXTS."""
    parts = []
    for path in samples:
        of_model = picks.filter(pl.col("writer") == Cell.of(path).model)
        ids = ["problem", "index", "prompt_ids", "token_ids"]
        frame = parquet.read(path, schemas.SAMPLES).select(ids)
        parts.append(of_model.join(frame, on=["problem", "index"], how="inner"))
    joined = pl.concat(parts).sort("writer", "problem", "index")
    empty = [pl.lit(v, dtype=CONTEXTS[name]).alias(name) for name, v in _UNLABELLED.items()]
    return numbered(joined.with_columns(source=pl.lit("sampled")).with_columns(empty), problems)


def numbered(frame: pl.DataFrame, problems: pl.DataFrame, start: int = 0) -> pl.DataFrame:
    """Add the problem's columns and the context's number, from `start` on; as CONTEXTS."""
    of_problem = problems.select("id", "cluster", "stratum")
    joined = frame.join(
        of_problem, left_on="problem", right_on="id", how="left", maintain_order="left"
    )
    number = pl.int_range(start, start + pl.len(), dtype=pl.Int32).alias("carrier")
    return joined.with_columns(number).select(CONTEXTS.names()).cast(CONTEXTS)
