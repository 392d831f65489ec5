"""Kaplan-Meier: the length of completions of which some were cut off at the cap (method.md 4)."""

from collections.abc import Sequence

import numpy as np

from ssdmath.stats.resampling import Floats


def survival(lengths: np.ndarray, finished: np.ndarray) -> tuple[Floats, Floats]:
    """Distinct lengths and the share still running after each (Kaplan, Meier 1958).

    `finished` is False for a completion that was cut off: its length is right-censored.
    """
    times, place = np.unique(lengths, return_inverse=True)
    ended = np.bincount(place, weights=finished, minlength=len(times))
    leaving = np.bincount(place, minlength=len(times))
    at_risk = leaving[::-1].cumsum()[::-1]
    return times.astype(np.float64), np.cumprod(1 - ended / at_risk)


def quantiles(
    lengths: np.ndarray, finished: np.ndarray, shares: Sequence[float]
) -> list[float | None]:
    """The shortest length by which each share has finished; None where the cap hides it."""
    if len(lengths) == 0:
        return [None] * len(shares)
    times, running = survival(lengths, finished)
    values: list[float | None] = []
    for share in shares:
        reached = np.flatnonzero(running <= 1 - share + 1e-12)
        values.append(float(times[reached[0]]) if len(reached) else None)
    return values
