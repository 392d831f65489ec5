"""Arms: which samples of the base model become training data, and why the others do not.

docs/method.md, 3. An arm differs from another in its synthesis decoding and its filter only; the
training budget (steps x batch) is one for the whole study.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.arms import ArmConfig
from ssdmath.tables import schemas

THINK_MARKS = r"</?think>"


class SelectionError(ValueError):
    """An arm that keeps nothing to train on; one line naming the run."""


class Filter(NamedTuple):
    """One reason to leave a sample out: it is dropped where the expression is true."""

    reason: str
    dropped: pl.Expr


# The published degeneracy filter: nothing written, or a stub of a single line.
_PLAIN = pl.col("text").str.replace_all(THINK_MARKS, "").str.strip_chars()
EMPTY = Filter("empty", _PLAIN == "")
STUB = Filter("one_line_stub", ~_PLAIN.str.contains("\n"))
CUT_OFF = Filter("length_stop", pl.col("finish") == "length")
NOT_CORRECT = Filter("not_correct", ~pl.col("correct").fill_null(value=False))

KEEPS: Mapping[str, tuple[Filter, ...]] = {
    "all": (),
    "nonempty": (EMPTY, STUB),
    "complete": (EMPTY, STUB, CUT_OFF),
    "correct": (EMPTY, STUB, NOT_CORRECT),
}


def select(
    samples: pl.DataFrame, verdicts: pl.DataFrame | None, arm: ArmConfig, *, run: str
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the TRAINING_SET of an arm, and how many samples were dropped for which reason.

    `samples` and `verdicts` are one synthesis cell (verdicts for `correct` only: no other arm may
    know them); `drop_shortest` (the released code's rule) is applied to what the filters keep.
    """
    kept, dropped = samples, {}
    if verdicts is not None:
        judged = verdicts.select("problem", "index", "correct")
        kept = samples.join(judged, on=["problem", "index"], validate="1:1")
    for reason, expression in KEEPS[arm.keep]:
        left = kept.filter(~expression)
        dropped[reason] = kept.height - left.height
        kept = left
    if arm.drop_shortest:
        left = _without_shortest(kept, arm.drop_shortest)
        dropped["shortest"] = kept.height - left.height
        kept = left
    if kept.is_empty():
        raise SelectionError(f"{run}: no sample of {samples.height} is kept ({dropped})")
    chosen = kept.sort("problem", "index").select(schemas.TRAINING_SET.names())
    counts = {
        "run": run,
        "sampled": samples.height,
        "kept": kept.height,
        "dropped": dropped,
        "tokens": int(kept["token_ids"].list.len().sum()),
    }
    return chosen, counts


def _without_shortest(frame: pl.DataFrame, share: float) -> pl.DataFrame:
    """Drop the shortest completions; ties by problem and index, so that it is deterministic."""
    length: Callable[[], pl.Expr] = pl.col("token_ids").list.len
    return frame.sort(length(), "problem", "index").tail(frame.height - int(share * frame.height))
