"""When a study that is read several times stops, and what its last reading says (docs/looks.md).

The information fraction of a look is its share of the test problems; the error is spent by
`stats.group_sequential.spent`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ssdmath.config.terms import PRIMARY
from ssdmath.stats import group_sequential as sequential
from ssdmath.tables.looks import name, stopped
from ssdmath.tables.rounding import PLACES

_REPEATED = (
    "the interval is a repeated confidence interval and the corrected p is for all looks; of a "
    "study that stopped early the estimate is too far from 0 on average"
)


@dataclass(frozen=True)
class Reading:
    """What the primary contrast says on the problems of a look, as if it were the only one."""

    delta: float
    lo: float  # of a 95 % interval
    hi: float
    p: float
    df: float  # of the interval


def judged(reading: Reading, look: int, sizes: Sequence[int]) -> dict[str, Any]:
    """A reading at look number `look` (from 0) of those with `sizes` problems, the last one all.

    It decides if p is below the look's level and 0 is outside of its repeated confidence interval.
    """
    fractions = tuple(size / sizes[-1] for size in sizes)
    bound = sequential.boundaries(fractions)[look]
    level, wide = sequential.nominal(bound), sequential.widening(bound, reading.df)
    lo = max(-1.0, reading.delta - wide * (reading.delta - reading.lo))
    hi = min(1.0, reading.delta + wide * (reading.hi - reading.delta))
    return {
        "look": look + 1,
        "of": len(sizes),
        "problems": sizes[look],
        "of_problems": sizes[-1],
        "delta": round(reading.delta, PLACES),
        "lo": round(lo, PLACES),
        "hi": round(hi, PLACES),
        "p": _digits(reading.p),
        "boundary": round(bound, PLACES),
        "level": _digits(level),
        "spent": _digits(sequential.spent(fractions[look])),
        "decided": reading.p <= level and (lo > 0 or hi < 0),
    }


def _digits(small: float) -> float:
    """A probability to ten digits, however small it is."""
    return float(f"{small:.{PLACES}g}")


def summary(contrast: str, looks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The content of looks.json: every look that was made, and where the study ended.

    `p_repeated` is what a p of the same strength would be without looks: the corrected p.
    """
    last = looks[-1]
    fractions = tuple(look["problems"] / look["of_problems"] for look in looks)
    repeated = [sequential.repeated_p(look["p"], at, fractions) for at, look in enumerate(looks)]
    return {
        "contrast": contrast,
        "alpha": sequential.ALPHA,
        "looks": [
            {**look, "p_repeated": round(p, PLACES)}
            for look, p in zip(looks, repeated, strict=True)
        ],
        "ended": last["look"],
        "of": last["of"],
        "problems": last["problems"],
        "of_problems": last["of_problems"],
        "stopped": stopped(last),
        "sentence": _sentence(last),
    }


def _sentence(last: Mapping[str, Any]) -> str:
    """Where a study ended, for the terminal and the report."""
    where = name(last)
    if not stopped(last):
        return f"read to {where}: all {last['of_problems']:,} test problems were sampled"
    share = 1 - last["problems"] / last["of_problems"]
    return f"stopped at {where}: {100 * share:.3g} % of the test problems were never sampled"


def at_end(table: pl.DataFrame, ended: Mapping[str, Any]) -> pl.DataFrame:
    """A contrast table with the last look's interval and p of the primary contrast, and notes.

    `table` has the columns of `tables.CONTRASTS` but the verdict; `ended` is looks.json.
    """
    last = ended["looks"][-1]
    primary, on_test = pl.col("family") == PRIMARY, pl.col("split") == "test"
    values = {name: last[name] for name in ("lo", "hi", "p")} | {"p_holm": last["p_repeated"]}
    columns = {
        name: pl.when(primary).then(value).otherwise(pl.col(name)) for name, value in values.items()
    }
    notes = pl.concat_str(
        pl.when(pl.col("note") != "").then("note"),
        pl.when(on_test).then(pl.lit(ended["sentence"])),
        pl.when(primary).then(pl.lit(_REPEATED)),
        separator="; ",
        ignore_nulls=True,
    )
    return table.with_columns(**columns, note=notes)


def degrees(df: float, clusters: int) -> float:
    """Degrees of freedom of a contrast's interval: with one run a side those of its clusters."""
    return df if math.isfinite(df) else float(max(1, clusters - 1))
