"""Verdicts on samples: statuses, correctness, canonical answers and health, one row a draw.

Distinct (problem, answer) pairs are decided once, across every cell given together. Integers,
fractions and structures of them are decided here by exact arithmetic; only the rest goes to worker
processes, which are started when the first such pair turns up.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from ssdmath import endings, tables
from ssdmath.answers import exact
from ssdmath.answers.canonical import class_key, exact_key, text_key
from ssdmath.answers.compare import compare, exactly_same
from ssdmath.answers.expressions import MAX_CHARACTERS
from ssdmath.answers.pool import Limits, Outcome, Pair, Pool
from ssdmath.answers.structure import readings
from ssdmath.answers.tidy import tight
from ssdmath.answers.value import Value

NEAR = Fraction(1, 10**5)
VERSION = "1"  # raised when verdicts may change
__all__ = ["Limits", "judge", "judge_cells", "judge_files", "provenance"]

K = TypeVar("K")
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


class Verdict(NamedTuple):
    """What an answer comes to."""

    status: str
    answer: str
    disagree: bool = False


def judge(
    samples: pl.DataFrame,
    golds: Mapping[str, str],
    *,
    thinking: bool,
    limits: Limits | None = None,
    workers: int = 1,
) -> pl.DataFrame:
    """The VERDICTS of one cell of SAMPLES, in its order; `golds` maps problem ids to answers."""
    cells = {"": samples}
    return judge_cells(cells, golds, thinking=thinking, limits=limits, workers=workers)[""]


def judge_cells(
    cells: Mapping[K, pl.DataFrame],
    golds: Mapping[str, str],
    *,
    thinking: bool,
    limits: Limits | None = None,
    workers: int = 1,
) -> dict[K, pl.DataFrame]:
    """The VERDICTS of several cells, with one pool and one cache; the same as one by one."""
    seen = {key: endings.look(samples, thinking) for key, samples in cells.items()}
    return _judged(seen, golds, limits or Limits(), workers)


def judge_files(
    paths: Mapping[K, str | Path],
    golds: Mapping[str, str],
    *,
    thinking: bool,
    limits: Limits | None = None,
    workers: int = 1,
) -> dict[K, pl.DataFrame]:
    """`judge_cells` on sample files, read in slices: no more than 1,024 traces are held at once."""
    seen = {
        key: pl.concat([endings.look(part, thinking) for part in endings.slices(path)])
        for key, path in paths.items()
    }
    return _judged(seen, golds, limits or Limits(), workers)


def provenance(limits: Limits) -> dict[str, object]:
    """What a verdict depends on beside its sample: verifier, library versions, limits."""
    versions = {name: metadata.version(name) for name in ("math-verify", "sympy", "mpmath")}
    return {"version": VERSION, "libraries": versions, "limits": limits.model_dump()}


def _judged(
    seen: Mapping[K, pl.DataFrame], golds: Mapping[str, str], limits: Limits, workers: int
) -> dict[K, pl.DataFrame]:
    pairs = _distinct(seen.values())
    unknown = sorted({problem for problem, _ in pairs.rows()} - golds.keys())
    if unknown:
        raise ValueError(f"samples name {len(unknown)} problems without a gold: {unknown[:3]}")
    decided = _decide(pairs, golds, limits, workers)
    return {key: _verdicts(frame, decided) for key, frame in seen.items()}


def _distinct(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    parts = [f.filter(pl.col("content").is_not_null()).select("problem", "content") for f in frames]
    empty = pl.DataFrame(schema={"problem": pl.String, "content": pl.String})
    return pl.concat([empty, *parts]).unique().sort("problem", "content")


def _decide(
    pairs: pl.DataFrame, golds: Mapping[str, str], limits: Limits, workers: int
) -> pl.DataFrame:
    """The verdict of each distinct pair: exactly where that is enough, else by the pool."""
    rows = pairs.rows()
    by_gold = {gold: Gold.of(gold) for gold in {golds[problem] for problem, _ in rows}}
    found = {
        (golds[problem], content): _exactly(by_gold[golds[problem]], content)
        for problem, content in rows
    }
    hard = [pair for pair, verdict in found.items() if verdict is None]
    if hard:
        with Pool(limits, workers) as pool:
            outcomes = pool.compare(hard)
        found.update({pair: _from_pool(pair, outcomes[pair]) for pair in hard})
    verdicts = [found[golds[problem], content] for problem, content in rows]
    columns = pl.DataFrame(
        [verdict for verdict in verdicts if verdict is not None],
        schema={"decided": pl.String, "answer": pl.String, "disagree": pl.Boolean},
        orient="row",
    )
    return pairs.hstack(columns)


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold answer, read once."""

    text: str
    values: tuple[Value, ...]
    key: str | None  # canonical class, where exact arithmetic names it
    plain: bool  # one unitless rational: an integer answer is compared by its digits

    @classmethod
    def of(cls, text: str) -> "Gold":
        """Read a gold answer."""
        values = readings(text)
        only = values[0] if len(values) == 1 else None
        plain = only is not None and only.kind == "scalar" and not only.unit
        key = class_key(values[0], exact_key)
        return cls(text, values, key, plain and key is not None)


def _exactly(gold: Gold, content: str) -> Verdict | None:
    """The verdict where text, digits or rational arithmetic settle it; None for the pool."""
    bare = content.strip("$ ")
    if gold.plain and _INTEGER.fullmatch(bare):
        digits = exact.digits_key(bare.lstrip("+-").lstrip("0") or "0")
        key = f"-{digits}" if bare[0] == "-" and digits != "0" else digits
        return Verdict("correct" if key == gold.key else "wrong", key)
    if len(content) > MAX_CHARACTERS:
        same_text = tight(content) == tight(gold.text)
        return Verdict("correct" if same_text else "parse_fail", text_key(content))
    values = readings(content)
    equal = compare(gold.values, values, exactly_same)
    answer_key = class_key(values[0], exact_key)
    if equal and gold.key is not None:
        return Verdict("correct", gold.key)
    if (
        equal is False
        and not _near(gold.values[0], values[0])
        and answer_key is not None
        and not any(v.kind == "opaque" for v in values)
    ):
        return Verdict("wrong", answer_key)
    return None


def _near(gold: Value, answer: Value) -> bool:
    """Whether two rationals are so close that math-verify might call them equal: ask it too."""
    if gold.expr is None or answer.expr is None:
        return False
    a, b = exact.value(gold.expr), exact.value(answer.expr)
    return a is not None and b is not None and abs(a - b) < NEAR


def _from_pool(pair: Pair, outcome: Outcome) -> Verdict:
    key = outcome.key or text_key(pair[1])
    if outcome.equal is None:
        return Verdict(outcome.failed, key, outcome.disagree)
    if outcome.equal:
        return Verdict("correct", outcome.gold_key or key, outcome.disagree)
    return Verdict("wrong", key, outcome.disagree)


def _verdicts(seen: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    status = pl.coalesce("status", "decided")
    correct = (
        pl.when(status == "correct").then(True)
        .when(~status.is_in(["parse_fail", "timeout"])).then(False)
    )  # fmt: skip
    return (
        seen.join(decided, on=["problem", "content"], how="left", maintain_order="left")
        .with_columns(status=status, correct=correct, disagree=pl.col("disagree").fill_null(False))
        .select(tables.VERDICTS.names())
    )
