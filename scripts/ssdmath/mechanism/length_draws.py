"""Reads the draws of a study's cells, with the length of their thinking."""

from collections.abc import Sequence

import polars as pl

from ssdmath.config.names import BASE, Cell
from ssdmath.mechanism.lengths import Side
from ssdmath.tables import parquet, schemas

_NO_DRAWS = {"problem": pl.String, "status": pl.String}


class CellLengths:
    """The validation cells of a study; `closing` is the token that ends thinking, or None."""

    def __init__(
        self, samples: Sequence[str], verdicts: Sequence[str], closing: int | None
    ) -> None:
        """Index the files of each cell; the paths are those of samples and of verdicts."""
        self.samples = {Cell.of(path)[:3]: path for path in samples}
        self.verdicts = {Cell.of(path)[:3]: path for path in verdicts}
        self.closing = closing

    def side(self, arm: str, models: Sequence[str], decoding: str) -> Side:
        """The draws of an arm's models at one decoding."""
        parts = [self._draws((model, "validation", decoding)) for model in models]
        return Side(arm, tuple(models), decoding, pl.concat(parts))

    def elsewhere(self, decoding: str) -> pl.DataFrame:
        """Base's verdicts at every other decoding of the grid; empty where there is none."""
        parts = [
            parquet.read(path, schemas.VERDICTS).select("problem", "status")
            for (model, _, slug), path in self.verdicts.items()
            if model == BASE and slug != decoding
        ]
        return pl.concat([pl.DataFrame(schema=_NO_DRAWS), *parts])

    def _draws(self, key: tuple[str, str, str]) -> pl.DataFrame:
        """Verdicts of a cell with the length of thinking in tokens, and whether thinking ended."""
        tokens, closing = pl.col("token_ids"), -1 if self.closing is None else self.closing
        first = tokens.list.eval((pl.element() == closing).arg_max()).list.first()
        closed = tokens.list.contains(closing)
        lengths = parquet.read(self.samples[key], schemas.SAMPLES).select(
            "problem",
            "index",
            thinking=pl.when(closed).then(first).otherwise(tokens.list.len()).cast(pl.Int64),
            ended=closed | (pl.col("finish") == "stop"),
        )
        columns = ["problem", "index", "status", "tokens"]
        judged = parquet.read(self.verdicts[key], schemas.VERDICTS).select(columns)
        joined = judged.join(lengths, on=["problem", "index"], how="inner")
        return joined.with_columns(model=pl.lit(key[0]))
