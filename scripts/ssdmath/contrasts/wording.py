"""A contrast's verdict in words that cannot overclaim (issue: three outcomes, none is "equal")."""

import math
from collections.abc import Mapping
from typing import Any

ALPHA = 0.05


def verdict(row: Mapping[str, Any], margin: float) -> str:
    """Words for a row of contrasts, a against b; `margin` is the smallest difference of interest.

    better, worse: the corrected p is under 0.05 and the interval is on one side of 0.
    no difference larger than d: the whole interval lies within the margin.
    undecided: neither; the problems with which a difference of `margin` would be found in 80 %.
    """
    corrected = row["p_bh"] if row["p_holm"] is None else row["p_holm"]
    if corrected < ALPHA and row["lo"] > 0:
        return "better"
    if corrected < ALPHA and row["hi"] < 0:
        return "worse"
    largest = max(abs(row["lo"]), abs(row["hi"]))
    if largest <= margin:
        return f"no difference larger than {100 * largest:.1f} points shown"
    return f"undecided ({_needed(row, margin)})"


def _needed(row: Mapping[str, Any], margin: float) -> str:
    """How many problems tell a difference of `margin`; more problems do not tame few runs."""
    if math.isfinite(row["df"]) and row["df"] < row["problems"] / 4:
        return "would need more training runs"
    # Without spread the interval says what the count of problems alone leaves open.
    width = row["mde80"] or (row["hi"] - row["lo"]) / 2
    problems = math.ceil(row["problems"] * max((width / margin) ** 2, 1.0))
    return f"would need {problems} problems"
