"""What training forgets: each arm against base on the problems of another domain (method.md 5).

The comparisons follow from the study and are a family of their own, corrected by Holm. Beside each
of them stands the same one on the test problems, inside the domain, which is not tested again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Unpack

import polars as pl

from ssdmath.config.evaluation import SAME, ContrastConfig, SideConfig
from ssdmath.config.names import BASE
from ssdmath.config.problems import OUTSIDE
from ssdmath.contrasts import resolve
from ssdmath.contrasts.table import Given, answers, judged
from ssdmath.stats import corrections
from ssdmath.tables import derived_schemas
from ssdmath.tables.rounding import PLACES

AT_BEST: Final = "each at its best"
SAME_DECODING: Final = "same decoding"
_INSIDE: Final = "test"
_KEPT = ("problems", "delta", "lo", "hi")  # of the comparison inside


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    arms: Mapping[str, Any],
    *,
    compared: Sequence[str],
    seeds: resolve.Seeds,
    margin: float = 0.02,
    **given: Unpack[Given],
) -> pl.DataFrame:
    """Two comparisons per arm, the columns of `derived_schemas.OUTSIDE`.

    `draws` and `problems` are of outside and of test, `arms` is chosen.json's choice of each arm,
    `compared` names the arms, `seeds` their runs; `margin` as in the contrast table. ValueError
    names a cell without draws.
    """
    sections = [(arm, *one) for arm in compared for one in _sections(arm)]
    inside = [resolve.resolved(section, arms, seeds) for *_, section in sections]
    declared = [replace(one, split=OUTSIDE, family=OUTSIDE) for one in inside]
    rows = answers(draws, problems, [*declared, *inside], **given)
    names = pl.DataFrame([one[:2] for one in sections], schema=["arm", "compared"], orient="row")
    beside = rows.tail(len(inside)).select(pl.col(_KEPT).round(PLACES).name.prefix("inside_"))
    parts = [names, _judged(rows.head(len(declared)), margin), beside]
    return pl.concat(parts, how="horizontal").select(derived_schemas.OUTSIDE.names())


def _judged(rows: pl.DataFrame, margin: float) -> pl.DataFrame:
    """The comparisons outside with corrected p, verdict, and the largest loss that is left open."""
    adjusted = pl.Series(corrections.holm(rows["p"].to_numpy()), dtype=pl.Float64)
    corrected = rows.with_columns(p_holm=adjusted, p_bh=pl.lit(None, dtype=pl.Float64))
    return judged(corrected, margin).with_columns(
        loss_at_most=pl.max_horizontal(0.0, -pl.col("lo"))
    )


def _sections(arm: str) -> Iterator[tuple[str, ContrastConfig]]:
    """The arm at its best against base at its own best, and against base at the arm's decoding."""
    for how, base in (
        (AT_BEST, SideConfig(arm=BASE)),
        (SAME_DECODING, SideConfig(arm=BASE, decoding=SAME)),
    ):
        name, a = f"{arm} against base, {how}", SideConfig(arm=arm)
        yield how, ContrastConfig(name=name, family="exploratory", split=_INSIDE, a=a, b=base)
