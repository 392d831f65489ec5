"""Which samples of the base model an arm trains on, and why the others are dropped.

Arms differ in their synthesis decoding and in this selection only; the training budget (steps x
batch) is the same for all arms of a study (docs/method.md, section 3).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from ssdmath.config.arms import SelectionConfig
from ssdmath.config.terms import (
    KEEP_ALL,
    KEEP_COMPLETE,
    KEEP_CORRECT,
    KEEP_DROP_LONGEST,
    KEEP_DROP_SHORTEST,
    KEEP_LENGTH_MATCHED,
    KEEP_NONEMPTY,
)
from ssdmath.tables import schemas
from ssdmath.training import length_filters

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
    KEEP_DROP_SHORTEST: (EMPTY, STUB),
    KEEP_DROP_LONGEST: (EMPTY, STUB),
    KEEP_LENGTH_MATCHED: (EMPTY, STUB),
}


def passing(
    samples: pl.DataFrame, verdicts: pl.DataFrame | None, settings: SelectionConfig
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The samples that an arm's filter keeps, and how many are dropped for which reason.

    `samples` and `verdicts` are one synthesis cell; verdicts are read for `keep: correct` only.
    The shares that are dropped for their length are of what the filters keep.
    """
    kept, dropped = samples, {}
    if settings.needs_verdicts and verdicts is not None:
        judged = verdicts.select("problem", "index", "correct")
        kept = samples.join(judged, on=["problem", "index"], validate="1:1")
    for reason, expression in KEEPS[settings.keep]:
        remaining = kept.filter(~expression)
        dropped[reason] = kept.height - remaining.height
        kept = remaining
    kept, by_length = length_filters.without(kept, settings.shortest, settings.longest)
    return kept.sort("problem", "index"), dropped | by_length


def within(samples: pl.DataFrame, draws: Sequence[int]) -> pl.DataFrame:
    """The samples with an index in [first, end): what a matched arm may choose from."""
    first, end = draws
    return samples.filter(pl.col("index") >= first, pl.col("index") < end)


def select(
    samples: pl.DataFrame,
    verdicts: pl.DataFrame | None,
    settings: SelectionConfig,
    *,
    run: str,
    matched: Collection[str] | None = None,
    draws: Sequence[int] | None = None,
    reference: pl.DataFrame | None = None,
    batch: int = 1,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the TRAINING_SET of a run, and how many samples were dropped for which reason.

    Every sample that passes the filter; with `matched`, of these prompts alone, the first one that
    passes among its `draws` [first, end). `reference` are base's samples whose lengths
    `keep: length_matched` takes over. SelectionError if nothing is left, or less than a batch after
    a filter for length.
    """
    own = samples if draws is None else within(samples, draws)
    kept, dropped = passing(own, verdicts, settings)
    if draws is not None:
        dropped["other_draws"] = samples.height - own.height
    if matched is not None:
        kept, not_taken = _first_of(kept, matched)
        dropped |= not_taken
    later = kept.filter(pl.col("index") > (draws[0] if draws else 0)).height
    by_length = settings.shortest or settings.longest
    if kept.height < (least := max(1, min(batch, samples.height)) if by_length else 1):
        number = f"only {kept.height}" if kept.height else "no sample"
        found = f"{number} of {samples.height} is kept ({dropped})"
        raise SelectionError(f"{run}: {found}; allowed: at least {least}")
    counts: dict[str, Any] = {
        "run": run,
        "sampled": samples.height,
        "kept": kept.height,
        "dropped": dropped,
        "unmatched": dropped.get("unmatched", 0),
        "later_draw": 0 if matched is None else later,
    }
    if reference is not None:
        kept, lengths = length_filters.matched(kept, length_filters.lengths_of(reference))
        counts["lengths"] = {"of": settings.lengths_of, **lengths}
    counts["tokens"] = int(kept["token_ids"].list.len().sum())
    return kept.select(schemas.TRAINING_SET.names()), counts


def _first_of(kept: pl.DataFrame, matched: Collection[str]) -> tuple[pl.DataFrame, dict[str, int]]:
    """Of the matched prompts the first sample that passes, and how many samples are not taken."""
    first = kept.unique("problem", keep="first", maintain_order=True)
    chosen = first.filter(pl.col("problem").is_in(list(matched)))
    not_taken = {
        "not_first": kept.height - first.height,
        "unmatched": first.height - chosen.height,
    }
    return chosen, not_taken


def levels(rows: pl.DataFrame, problems: pl.DataFrame) -> dict[str, int]:
    """How many rows of a TRAINING_SET belong to problems of each level ("" where it has none)."""
    strata = problems.select(pl.col("id").alias("problem"), pl.col("stratum").fill_null(""))
    counted = rows.join(strata, on="problem", how="left").group_by("stratum").len().sort("stratum")
    return dict(counted.select(pl.col("stratum").fill_null(""), "len").iter_rows())


def budget(rows: int, tokens: int, *, steps: int, batch: int) -> dict[str, float]:
    """What a training of `steps` uses of a set: epochs, rows, and the tokens expected in them.

    An epoch's last batch holds what is left of its rows. Which rows the last epoch leaves out is
    drawn by the training seed, so that the number of tokens is the mean over such draws.
    """
    epochs, last_steps = divmod(steps, -(-rows // batch))
    trained = epochs * rows + last_steps * batch
    return {
        "epochs": round(trained / rows, 4),
        "rows_trained": trained,
        "tokens_trained": round(trained * tokens / rows),
    }
