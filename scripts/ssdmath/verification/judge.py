"""Verdicts on samples: statuses, correctness, canonical answers and health, one row per draw.

Distinct (problem, answer) pairs are decided once over all the given cells. Integers,
fractions and structures of them are decided here by exact arithmetic; only the rest goes to worker
processes, which are started when the first such pair turns up.
"""

from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import NamedTuple, TypeVar

import polars as pl

from ssdmath.answers.canonical import text_key
from ssdmath.config.verification import VerificationConfig
from ssdmath.tables import schemas, statuses
from ssdmath.verification import completion
from ssdmath.verification.exact_verdict import Gold, Verdict, settle
from ssdmath.verification.worker_pool import Outcome, Pair, Pool

VERSION = "7"  # raised when verdicts may change
SLOWEST = 20

K = TypeVar("K")


class Comparison(NamedTuple):
    """What one comparison in a worker took, in CPU seconds."""

    seconds: float
    gold: str
    answer: str


def judge_cells(
    cells: Mapping[K, Iterable[pl.DataFrame]],
    golds: Mapping[str, str],
    *,
    thinking: bool,
    limits: VerificationConfig,
    workers: int,
    slowest: list[Comparison] | None = None,
) -> dict[K, pl.DataFrame]:
    """The VERDICTS of several cells of SAMPLES, with one pool and one cache.

    A cell comes in parts: of `completion.slices`, no more than 1,024 traces are held at once.
    `golds` maps problem ids to answers. `slowest`, where given, is filled with the twenty slowest
    comparisons. ValueError: a problem has no gold.
    """
    endings = {
        key: pl.concat([completion.look(part, thinking) for part in parts])
        for key, parts in cells.items()
    }
    pairs = _distinct(endings.values())
    unknown = sorted({problem for problem, _ in pairs.rows()} - golds.keys())
    if unknown:
        raise ValueError(f"samples name {len(unknown)} problems without a gold: {unknown[:3]}")
    decided = _decide(pairs, golds, limits, workers, slowest)
    return {key: _verdicts(frame, decided) for key, frame in endings.items()}


def provenance(limits: VerificationConfig) -> dict[str, object]:
    """What a verdict depends on beside its sample: verifier, library versions, limits."""
    versions = {name: metadata.version(name) for name in ("math-verify", "sympy", "mpmath")}
    return {"version": VERSION, "libraries": versions, "limits": limits.model_dump()}


def _distinct(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    parts = [f.filter(pl.col("content").is_not_null()).select("problem", "content") for f in frames]
    empty = pl.DataFrame(schema={"problem": pl.String, "content": pl.String})
    return pl.concat([empty, *parts]).unique().sort("problem", "content")


def _decide(
    pairs: pl.DataFrame,
    golds: Mapping[str, str],
    limits: VerificationConfig,
    workers: int,
    slowest: list[Comparison] | None,
) -> pl.DataFrame:
    """The verdict of each distinct pair: exactly where that is enough, else by the pool."""
    rows = pairs.rows()
    by_gold = {gold: Gold.of(gold) for gold in {golds[problem] for problem, _ in rows}}
    settled = {
        (golds[problem], content): settle(by_gold[golds[problem]], content)
        for problem, content in rows
    }
    hard = [pair for pair, verdict in settled.items() if verdict is None]
    if hard:
        with Pool(limits, workers) as pool:
            outcomes = pool.compare(hard)
        settled.update({pair: _from_pool(pair, outcomes[pair]) for pair in hard})
        if slowest is not None:
            timed = [Comparison(outcome.seconds, *pair) for pair, outcome in outcomes.items()]
            slowest[:] = sorted([*slowest, *timed], reverse=True)[:SLOWEST]
    verdicts = [settled[golds[problem], content] for problem, content in rows]
    columns = pl.DataFrame(
        [verdict for verdict in verdicts if verdict is not None],
        schema={"decided": pl.String, "answer": pl.String, "disagree": pl.Boolean},
        orient="row",
    )
    return pairs.hstack(columns)


def _from_pool(pair: Pair, outcome: Outcome) -> Verdict:
    key = outcome.key or text_key(pair[1])
    if outcome.equal is None:
        return Verdict(outcome.failed, key, outcome.disagree)
    if outcome.equal:
        return Verdict(statuses.CORRECT, outcome.gold_key or key, outcome.disagree)
    return Verdict(statuses.WRONG, key, outcome.disagree)


def _verdicts(endings: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    status = pl.coalesce("status", "decided")
    correct = (
        pl.when(status == statuses.CORRECT).then(True)
        .when(~status.is_in(statuses.UNJUDGED)).then(False)
    )  # fmt: skip
    return (
        endings.join(decided, on=["problem", "content"], how="left", maintain_order="left")
        .with_columns(status=status, correct=correct, disagree=pl.col("disagree").fill_null(False))
        .select(schemas.VERDICTS.names())
    )
