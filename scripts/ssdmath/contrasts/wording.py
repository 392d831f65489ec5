"""A contrast's verdict, in words that cannot overclaim: none of them is "equal"."""

import math
from collections.abc import Mapping
from typing import Any

ALPHA = 0.05
ONE_RUN = "this checkpoint: "  # a side has one training run
ONE_SAMPLE = "this synthesis sample: "  # all runs of a side train on it

# Of two sides that are both trained, in the note.
MATCHED = (
    "matched: both sides trained on the same prompts, one sample of each; an arm that keeps "
    "correct samples only lacks the prompts of which it has none"
)
UNMATCHED = "not matched: the sides may have trained on different prompts and numbers of epochs"


def verdict(row: Mapping[str, Any], margin: float) -> str:
    """Words for a row of contrasts, a against b; `margin` is the smallest difference of interest.

    better, worse: the corrected p is below 0.05 and the interval lies on one side of 0; of one
    checkpoint "higher in accuracy" and "lower in accuracy", for nothing is shown of its arm.
    no difference larger than d: the whole interval lies within the margin.
    undecided: neither; the problems with which a difference of `margin` would be found in 80 %, or
    that those at hand do.
    """
    single = row["runs"] == 1
    opening = ONE_RUN if single else ONE_SAMPLE if row["shared"] and row["runs"] else ""
    if (sign := called(row)) > 0:
        return f"{opening}{'higher in accuracy' if single else 'better'}"
    if sign < 0:
        return f"{opening}{'lower in accuracy' if single else 'worse'}"
    largest = max(abs(row["lo"]), abs(row["hi"]))
    if largest <= margin:
        return f"{opening}no difference larger than {100 * largest:.1f} points shown"
    return f"{opening}undecided ({_needed(row, margin)})"


def called(row: Mapping[str, Any]) -> int:
    """Whether a difference is said to be there: 1 for a better than b, -1 for worse, else 0."""
    corrected = row["p_bh"] if row["p_holm"] is None else row["p_holm"]
    if not corrected < ALPHA:
        return 0
    return int(row["lo"] > 0) - int(row["hi"] < 0)


def _needed(row: Mapping[str, Any], margin: float) -> str:
    """How many problems detect a difference of `margin`; more problems do not help few runs."""
    if math.isfinite(row["df"]) and row["df"] < row["problems"] / 4:
        return "would need more training runs"
    # Without spread the interval says what the number of problems alone leaves open.
    width = row["mde80"] or (row["hi"] - row["lo"]) / 2
    if width <= margin:
        found = f"{100 * margin:g} points would be found four times in five"
        return found if row["mde80"] else "would need more problems"
    return f"would need {math.ceil(row['problems'] * (width / margin) ** 2)} problems"
