"""Which samples of the base model an arm trains on, and why the others are dropped.

Arms differ in their synthesis decoding and in this selection only; the training budget (steps x
batch) is the same for all arms of a study (docs/method.md, section 3).
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.arms import SelectionConfig
from ssdmath.config.terms import KEEP_ALL, KEEP_COMPLETE, KEEP_CORRECT, KEEP_NONEMPTY
from ssdmath.tables import schemas

THINK_MARKS = r"</?think>"


class SelectionError(ValueError):
    """A run without a sample to train on; one line naming the run."""


class Filter(NamedTuple):
    """One reason to drop a sample: it is dropped where the expression is true."""

    reason: str
    dropped: pl.Expr


# The filter against degenerate samples published with SSD: empty, or a stub of a single line.
_PLAIN = pl.col("text").str.replace_all(THINK_MARKS, "").str.strip_chars()
EMPTY = Filter("empty", _PLAIN == "")
STUB = Filter("one_line_stub", ~_PLAIN.str.contains("\n"))
CUT_OFF = Filter("length_stop", pl.col("finish") == "length")
NOT_CORRECT = Filter("not_correct", ~pl.col("correct").fill_null(value=False))

KEEPS: Mapping[str, tuple[Filter, ...]] = {
    KEEP_ALL: (),
    KEEP_NONEMPTY: (EMPTY, STUB),
    KEEP_COMPLETE: (EMPTY, STUB, CUT_OFF),
    KEEP_CORRECT: (EMPTY, STUB, NOT_CORRECT),
}


def select(
    samples: pl.DataFrame, verdicts: pl.DataFrame | None, settings: SelectionConfig, *, run: str
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the TRAINING_SET of a run, and how many samples were dropped for which reason.

    `samples` and `verdicts` are one synthesis cell; verdicts are given for `keep: correct` only, so
    that no other arm can depend on them. `drop_shortest` (a rule of the released SSD code) applies
    to what the filters keep. SelectionError if nothing is left.
    """
    kept, dropped = samples, {}
    if verdicts is not None:
        judged = verdicts.select("problem", "index", "correct")
        kept = samples.join(judged, on=["problem", "index"], validate="1:1")
    for reason, expression in KEEPS[settings.keep]:
        left = kept.filter(~expression)
        dropped[reason] = kept.height - left.height
        kept = left
    if settings.drop_shortest:
        left = _without_shortest(kept, settings.drop_shortest)
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
    """Drop a share of the completions, the shortest; ties by problem and index."""
    length: Callable[[], pl.Expr] = pl.col("token_ids").list.len
    return frame.sort(length(), "problem", "index").tail(frame.height - int(share * frame.height))
