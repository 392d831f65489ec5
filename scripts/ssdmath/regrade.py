"""What a new version of the verifier changes: the same draws, judged twice."""

import polars as pl

_KEYS = ["problem", "index"]
_COMPARED = ["status", "correct", "answer"]


def changed(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """A row for each draw whose status, correctness or answer differs between two VERDICTS.

    A draw that only one of them holds is listed with nulls on the other side.
    """
    both = (
        old.select(*_KEYS, *_COMPARED, pl.lit(True).alias("held"))
        .join(
            new.select(*_KEYS, *_COMPARED, pl.lit(True).alias("held")),
            on=_KEYS,
            how="full",
            suffix="_new",
            coalesce=True,
        )
        .rename({name: f"{name}_old" for name in (*_COMPARED, "held")})
    )
    differs = [
        pl.col(f"{name}_old").ne_missing(pl.col(f"{name}_new")) for name in (*_COMPARED, "held")
    ]
    columns = [f"{name}_{side}" for name in _COMPARED for side in ("old", "new")]
    return both.filter(pl.any_horizontal(differs)).select(*_KEYS, *columns).sort(_KEYS)
