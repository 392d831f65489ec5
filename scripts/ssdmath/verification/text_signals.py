"""Signs of health in a completion's text: repetition loops and uncertainty markers."""

import polars as pl

LONGEST_PERIOD = 2000  # characters
LEAST_REPEATS = 3
LEAST_LENGTH = 60  # characters that the repetitions cover
_PROBE = 16

MARKERS = (
    r"(?i)\b(?:wait|hmm+|hold on|actually|alternatively|on second thought|not sure|"
    r"(?:let me|let's|i should|i need to) (?:re-?|double[- ]?)?(?:check|verify|examine|consider|"
    r"think again))\b"
)


def markers(text: pl.Expr) -> pl.Expr:
    """Count of uncertainty markers (Wait, Hmm, let me check, ...; docs/method.md, 4)."""
    return text.str.count_matches(MARKERS).cast(pl.Int32)


def loops(text: str) -> bool:
    """Whether a text ends in one unit of at most 2,000 characters repeated three times or more.

    Linear: a period must bring the last characters back, and only such periods are tried.
    """
    if len(text) < LEAST_LENGTH:
        return False
    tail = text[-(LONGEST_PERIOD * LEAST_REPEATS) :]
    end = tail[-_PROBE:]
    at = tail.rfind(end, 0, -1)
    while at >= 0:
        period = len(tail) - _PROBE - at
        if period > LONGEST_PERIOD:
            return False
        length = max(period * LEAST_REPEATS, LEAST_LENGTH)
        if length <= len(tail) and tail[-length:-period] == tail[-length + period :]:
            return True
        at = tail.rfind(end, 0, at + _PROBE - 1)
    return False
