"""What a new version of the verifier changes: the same draws, judged twice."""

from collections.abc import Sequence

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.tables import parquet, schemas
from ssdmath.verification import archive

REGRADE = pl.Schema(
    {
        "model": pl.String(),
        "split": pl.String(),
        "decoding": pl.String(),
        "seed": pl.Int64(),
        "verifier_old": pl.String(),  # version and digest of the verifier before
        "problem": pl.String(),
        "index": pl.Int32(),
        "status_old": pl.String(),
        "status_new": pl.String(),
        "correct_old": pl.Boolean(),
        "correct_new": pl.Boolean(),
        "answer_old": pl.String(),
        "answer_new": pl.String(),
    }
)
_KEYS = ["problem", "index"]
_COMPARED = ["status", "correct", "answer"]


def table(verdicts: Sequence[str]) -> tuple[pl.DataFrame, int]:
    """Every verdict that differs from the last verifier's, `REGRADE`; and cells compared."""
    pairs = [(path, archive.earlier(path)) for path in verdicts]
    compared = [(path, old) for path, old in pairs if old is not None]
    parts = [
        changed(parquet.read(old, schemas.VERDICTS), parquet.read(path, schemas.VERDICTS)).select(
            *(pl.lit(value).alias(name) for name, value in Cell.of(path)._asdict().items()),
            pl.lit(old.parents[3].name).alias("verifier_old"),
            pl.all(),
        )
        for path, old in compared
    ]
    rows = pl.concat([part.cast(REGRADE) for part in parts] or [REGRADE.to_frame()])
    return rows, len(compared)


def changed(old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """A row for each draw whose status, correctness or answer differs between two VERDICTS.

    A draw that only one of them holds is listed with nulls on the other side.
    """
    names = [*_COMPARED, "held"]
    a, b = (frame.with_columns(held=True).select(*_KEYS, *names) for frame in (old, new))
    joined = a.rename({name: f"{name}_old" for name in names}).join(
        b.rename({name: f"{name}_new" for name in names}), on=_KEYS, how="full", coalesce=True
    )
    differs = [pl.col(f"{name}_old").ne_missing(pl.col(f"{name}_new")) for name in names]
    columns = [f"{name}_{side}" for name in _COMPARED for side in ("old", "new")]
    return joined.filter(pl.any_horizontal(differs)).select(*_KEYS, *columns).sort(_KEYS)
