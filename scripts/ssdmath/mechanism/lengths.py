"""Whether a gain is about length: length of thinking, cut-off draws, accuracy at shorter caps.

Every arm is compared with base at the decoding chosen for the arm, on validation draws. Lengths
beyond the cap are censored, hence Kaplan-Meier curves, and means of min(length, cap).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.base import ClosedModel
from ssdmath.config.names import BASE
from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.stats.intervals import expanded_percentiles
from ssdmath.stats.kaplan_meier import survival
from ssdmath.stats.outcomes import number
from ssdmath.stats.paired import difference
from ssdmath.stats.problem_means import renumbered
from ssdmath.stats.resampling import Floats, Ints, bootstrap_weights
from ssdmath.tables import statuses

RUNNING, MEAN, CAP, CUT_OFF = "running", "mean length", "cap", "cut off"
CURVE_POINTS = 60  # lengths at which a curve is given
CAPS = 12  # caps up to the study's own
ALL, CUT, NEVER_CUT = "all", "base was cut off", "base was never cut off"


class LengthSettings(ClosedModel):
    """The settings of the rule `lengths`; `thinking`: whether the model thinks first."""

    arms: list[str]
    cap: int
    thinking: bool
    seed: int
    resamples: int


@dataclass(frozen=True)
class Side:
    """The draws of an arm's runs (or of base) at one decoding, one row per draw."""

    arm: str
    models: tuple[str, ...]
    decoding: str
    draws: pl.DataFrame  # model, problem, status, tokens, thinking, ended

    def rates(self, value: pl.Expr, ids: Sequence[str]) -> Floats:
        """Mean of an expression over the draws of each problem: [problems, runs]."""
        columns = []
        for model in self.models:
            of_model = self.draws.filter(pl.col("model") == model)
            shares = of_model.group_by("problem", maintain_order=True).agg(
                rate=value.cast(pl.Float64).mean()
            )
            rate_of = dict(shares.iter_rows())
            columns.append([rate_of[problem] for problem in ids])
        return np.array(columns, dtype=np.float64).T


@dataclass(frozen=True)
class Frame:
    """What every panel uses: the problems in order, their clusters, the cap, the bootstrap."""

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
    """LENGTHS of every arm beside base; `sides` are pairs of an arm and base.

    `elsewhere` holds base's draws at all other decodings: they decide on which problems base was
    cut off, so that no draw both sorts the problems and is compared.
    """
    ordered = problems.sort("id")
    frame = Frame(ordered["id"].to_list(), number(ordered["cluster"]), cap, seed, resamples)
    rows: list[dict[str, Any]] = []
    for side, base in sides:
        names: dict[str, Any] = {
            "arm": side.arm,
            "models": ",".join(side.models),
            "decoding": side.decoding,
            "draws": side.draws.height,
            "problems": len(frame.ids),
        }
        panels = [*_running(side, frame), *_mean(side, base, frame), *_caps(side, base, frame)]
        if side.arm != BASE:
            panels += _by_cut(side, base, elsewhere[side.decoding], frame)
        rows += [names | row for row in panels]
    return pl.DataFrame(rows, schema=LENGTHS)


def _running(side: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Share of draws still thinking after a number of tokens, with a bootstrap band."""
    lengths, ended = side.draws["thinking"].to_numpy(), side.draws["ended"].to_numpy()
    times, running = survival(lengths, ended)
    points = np.unique(np.linspace(0, len(times) - 1, CURVE_POINTS).round().astype(int))
    resamples = _resampled_survival(side, times, frame)[:, points]
    lo, hi = expanded_percentiles(resamples, float(frame.clusters.max() + 1))
    for i, index in enumerate(points):
        row = {"panel": RUNNING, "group": ALL, "x": float(times[index])}
        yield row | {"value": float(running[index]), "lo": float(lo[i]), "hi": float(hi[i])}


def _resampled_survival(side: Side, times: Floats, frame: Frame) -> Floats:
    """The curve in each resample of clusters: [resamples, times]."""
    cluster = dict(zip(frame.ids, frame.clusters.tolist(), strict=True))
    of_draw = np.array([cluster[problem] for problem in side.draws["problem"]])
    time_index = np.searchsorted(times, side.draws["thinking"].to_numpy())
    ended = side.draws["ended"].to_numpy()
    leaving = np.zeros((int(frame.clusters.max()) + 1, len(times)))
    ending = np.zeros_like(leaving)
    np.add.at(leaving, (of_draw, time_index), 1.0)
    np.add.at(ending, (of_draw, time_index), ended.astype(np.float64))
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    parts = []
    for weights in bootstrap_weights(len(leaving), seed=frame.seed, resamples=frame.resamples):
        risk = weights @ at_risk
        hazard = np.divide(weights @ ending, risk, out=np.zeros_like(risk), where=risk > 0)
        parts.append(np.cumprod(1 - hazard, axis=1))
    return np.concatenate(parts)


def _mean(side: Side, base: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Mean of min(length of thinking, cap), which censoring does not affect, and its difference."""
    length = pl.col("thinking").cast(pl.Float64)
    a, b = (x.rates(length, frame.ids) / frame.cap for x in (side, base))
    row = _compared(a, b, frame, trained=side.arm != BASE)
    tokens = {k: None if v is None else v * frame.cap for k, v in row.items()}
    yield {"panel": MEAN, "group": ALL} | tokens


def _caps(side: Side, base: Side, frame: Frame) -> Iterator[dict[str, Any]]:
    """Accuracy at shorter caps: a completion beyond one would have been a length stop."""
    for cap in np.linspace(frame.cap / CAPS, frame.cap, CAPS).round().astype(int).tolist():
        right = (pl.col("status") == statuses.CORRECT) & (pl.col("tokens") <= cap)
        a, b = (x.rates(right, frame.ids) for x in (side, base))
        row = _compared(a, b, frame, trained=side.arm != BASE)
        yield {"panel": CAP, "group": ALL, "x": float(cap)} | row


def _by_cut(
    side: Side, base: Side, elsewhere: pl.DataFrame, frame: Frame
) -> Iterator[dict[str, Any]]:
    """The gain, and its parts on the problems where base was cut off and on the rest."""
    cut = set(elsewhere.filter(pl.col("status") == statuses.LENGTH_STOP)["problem"])
    was_cut = np.array([problem in cut for problem in frame.ids])
    right = pl.col("status") == statuses.CORRECT
    a, b = (x.rates(right, frame.ids) for x in (side, base))
    for group, members in ((ALL, np.ones_like(was_cut)), (CUT, was_cut), (NEVER_CUT, ~was_cut)):
        row: dict[str, Any] = {"panel": CUT_OFF, "group": group, "problems": int(members.sum())}
        if members.any():
            member_frame = replace(frame, clusters=renumbered(frame.clusters[members]))
            row |= _compared(a[members], b[members], member_frame, trained=True)
        yield row


def _compared(a: Floats, b: Floats, frame: Frame, *, trained: bool) -> dict[str, float | None]:
    """The mean of a [problems, runs]; for a trained model also the difference to b."""
    row: dict[str, float | None] = {"value": float(a.mean())}
    if not trained or len(a) < 2:
        return row
    change = difference(a, b, frame.clusters, seed=frame.seed, resamples=frame.resamples)
    return row | {"delta": change.delta, "delta_lo": change.lo, "delta_hi": change.hi}
