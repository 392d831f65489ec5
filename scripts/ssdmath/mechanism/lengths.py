"""Is it length? How long thinking is, who was cut off, and what a shorter cap would leave.

Every arm stands at the decoding chosen for it, beside base at the same decoding; all of it on
validation. Lengths beyond the cap are censored: Kaplan-Meier, and means up to the cap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import BASE
from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.stats.intervals import expanded_percentiles
from ssdmath.stats.kaplan_meier import survival
from ssdmath.stats.outcomes import number
from ssdmath.stats.paired import difference
from ssdmath.stats.resampling import Floats, Ints, bootstrap_weights

RUNNING, MEAN, CAP, CUT_OFF = "running", "mean length", "cap", "cut off"
POINTS = 60  # lengths at which a curve is told
CAPS = 12  # shorter caps that are tried
ALL, CUT, WHOLE = "all", "base was cut off", "base was never cut off"


@dataclass(frozen=True)
class Side:
    """The draws of an arm's runs (or of base) at one decoding: a row a draw."""

    arm: str
    models: tuple[str, ...]
    decoding: str
    draws: pl.DataFrame  # model, problem, status, tokens, thinking, ended

    def rates(self, right: pl.Expr, ids: Sequence[str]) -> Floats:
        """Share of draws of each problem for which an expression holds: problems x runs."""
        columns = []
        for model in self.models:
            mine = self.draws.filter(pl.col("model") == model)
            shares = mine.group_by("problem", maintain_order=True).agg(
                rate=right.cast(pl.Float64).mean()
            )
            known = dict(shares.iter_rows())
            columns.append([known[one] for one in ids])
        return np.array(columns, dtype=np.float64).T


@dataclass(frozen=True)
class Frame:
    """What every panel needs: the problems in order, their clusters, and the bootstrap."""

    ids: list[str]
    clusters: Ints
    cap: int
    seed: int
    resamples: int


def table(
    sides: Sequence[tuple[Side, Side]],
    elsewhere: Mapping[str, pl.DataFrame],
    problems: pl.DataFrame,
    *,
    cap: int,
    seed: int,
    resamples: int,
) -> pl.DataFrame:
    """LENGTHS of every arm beside base; `elsewhere`: base's other draws for a decoding.

    Which problems base was cut off on is told from draws that are not in the comparison.
    """
    ordered = problems.sort("id")
    frame = Frame(ordered["id"].to_list(), number(ordered["cluster"]), cap, seed, resamples)
    rows: list[dict[str, Any]] = []
    for side, base in sides:
        named = {"arm": side.arm, "models": ",".join(side.models), "decoding": side.decoding}
        about = named | {"draws": side.draws.height, "problems": len(frame.ids)}
        made = [*_running(side, frame), *_mean(side, base, frame), *_caps(side, base, frame)]
        if side.arm != BASE:
            made += _by_cut(side, base, elsewhere[side.decoding], frame)
        rows += [about | row for row in made]
    return pl.DataFrame(rows, schema=LENGTHS)


def _running(side: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Share of draws still thinking after so many tokens, with a bootstrap band."""
    lengths, ended = side.draws["thinking"].to_numpy(), side.draws["ended"].to_numpy()
    times, running = survival(lengths, ended)
    at = np.unique(np.linspace(0, len(times) - 1, POINTS).round().astype(int))
    many = _resampled_survival(side, times, frame)[:, at]
    lo, hi = expanded_percentiles(many, float(frame.clusters.max() + 1))
    for i, place in enumerate(at):
        ends = {"lo": float(lo[i]), "hi": float(hi[i])}
        row = {"panel": RUNNING, "group": ALL, "x": float(times[place])}
        yield row | {"value": float(running[place])} | ends


def _resampled_survival(side: Side, times: Floats, frame: Frame) -> Floats:
    """The curve in each resample of clusters: [resamples, times]."""
    cluster = dict(zip(frame.ids, frame.clusters.tolist(), strict=True))
    of_draw = np.array([cluster[one] for one in side.draws["problem"]])
    place = np.searchsorted(times, side.draws["thinking"].to_numpy())
    ended = side.draws["ended"].to_numpy()
    leaving = np.zeros((int(frame.clusters.max()) + 1, len(times)))
    ending = np.zeros_like(leaving)
    np.add.at(leaving, (of_draw, place), 1.0)
    np.add.at(ending, (of_draw, place), ended.astype(np.float64))
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    parts = []
    for weights in bootstrap_weights(len(leaving), seed=frame.seed, resamples=frame.resamples):
        risk = weights @ at_risk
        hazard = np.divide(weights @ ending, risk, out=np.zeros_like(risk), where=risk > 0)
        parts.append(np.cumprod(1 - hazard, axis=1))
    return np.concatenate(parts)


def _mean(side: Side, base: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Mean length of thinking up to the cap, and its difference to base: no censoring left."""
    length = pl.col("thinking").cast(pl.Float64)
    a, b = (one.rates(length, frame.ids) / frame.cap for one in (side, base))
    row = _compared(a, b, frame, trained=side.arm != BASE)
    tokens = {k: None if v is None else v * frame.cap for k, v in row.items()}
    yield {"panel": MEAN, "group": ALL} | tokens


def _caps(side: Side, base: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Accuracy had the cap been shorter: a longer completion would have been a length stop."""
    for cap in np.linspace(frame.cap / CAPS, frame.cap, CAPS).round().astype(int).tolist():
        right = (pl.col("status") == "correct") & (pl.col("tokens") <= cap)
        a, b = (one.rates(right, frame.ids) for one in (side, base))
        row = _compared(a, b, frame, trained=side.arm != BASE)
        yield {"panel": CAP, "group": ALL, "x": float(cap)} | row


def _by_cut(side: Side, base: Side, other: pl.DataFrame, frame: Frame) -> Iterator[dict[str, Any]]:
    """The gain, and its parts on the problems where base was cut off and on the rest."""
    cut = set(other.filter(pl.col("status") == "length_stop")["problem"])
    was = np.array([one in cut for one in frame.ids])
    a, b = (one.rates(pl.col("status") == "correct", frame.ids) for one in (side, base))
    for group, there in ((ALL, np.ones_like(was)), (CUT, was), (WHOLE, ~was)):
        row: dict[str, Any] = {"panel": CUT_OFF, "group": group, "problems": int(there.sum())}
        if there.any():
            part = Frame(frame.ids, _renumbered(frame.clusters[there]), *_how(frame))
            row |= _compared(a[there], b[there], part, trained=True)
        yield row


def _how(frame: Frame) -> tuple[int, int, int]:
    return frame.cap, frame.seed, frame.resamples


def _renumbered(labels: Ints) -> Ints:
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _compared(a: Floats, b: Floats, frame: Frame, *, trained: bool) -> dict[str, float | None]:
    """The mean of a (problems x runs), and its difference to b with the interval; base has none."""
    row: dict[str, float | None] = {"value": float(a.mean())}
    if not trained or len(a) < 2:
        return row
    found = difference(a, b, frame.clusters, seed=frame.seed, resamples=frame.resamples)
    return row | {"delta": found.delta, "delta_lo": found.lo, "delta_hi": found.hi}
