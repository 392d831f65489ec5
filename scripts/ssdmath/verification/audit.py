"""What a reader should look at before believing the verdicts: lists for the report's audit page."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import islice

import polars as pl

from ssdmath.answers.canonical import canonical
from ssdmath.answers.normalise import tidy
from ssdmath.tables import statuses

TAIL = 400  # characters at the end of a completion in which a right number is looked for
_OVERLOOKED = pl.Schema(
    {
        "problem": pl.String(),
        "index": pl.Int32(),
        "status": pl.String(),
        "gold": pl.String(),
        "tail": pl.String(),
    }
)


def overlooked(
    samples: pl.DataFrame, verdicts: pl.DataFrame, golds: Mapping[str, str], limit: int = 50
) -> pl.DataFrame:
    """Draws that end with the gold answer in their text and yet were not judged on an answer.

    Columns problem, index, status, gold, tail: the first `limit` in the order of the samples.
    """
    unjudged = verdicts.filter(~pl.col("status").is_in(statuses.JUDGED))
    tails = samples.select("problem", "index", pl.col("text").str.tail(TAIL).alias("tail"))
    listed = tails.join(unjudged, on=["problem", "index"], maintain_order="left")
    rows = (
        {**row, "gold": golds[row["problem"]]}
        for row in listed.select("problem", "index", "status", "tail").iter_rows(named=True)
        if _pattern(golds[row["problem"]]).search(row["tail"])
    )
    return pl.DataFrame(list(islice(rows, limit)), schema=_OVERLOOKED)


@cache
def _pattern(gold: str) -> re.Pattern[str]:
    """The gold as it is written or in its canonical form, not as a part of a longer number."""
    forms = {gold, tidy(gold), canonical(gold)}
    spelled = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True) if form)
    return re.compile(rf"(?<![\w.])(?:{spelled})(?![\w])(?!\.\d)")


def disagreements(
    verdicts: pl.DataFrame, golds: Mapping[str, str], limit: int = 50
) -> pl.DataFrame:
    """Answers on which the two comparisons said opposite things, the most drawn first.

    Columns problem, gold, answer, status, draws.
    """
    gold = pl.DataFrame({"problem": list(golds), "gold": list(golds.values())},
                        schema={"problem": pl.String, "gold": pl.String})  # fmt: skip
    return (
        verdicts.filter("disagree")
        .group_by("problem", "answer", "status")
        .agg(pl.len().alias("draws"))
        .join(gold, on="problem", how="left")
        .sort(["draws", "problem", "answer"], descending=[True, False, False])
        .select("problem", "gold", "answer", "status", "draws")
        .head(limit)
    )
