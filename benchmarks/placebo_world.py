"""The world of the placebo studies: the recorded draws of one model, drawn from again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ssdmath.config.names import BASE, PLACEBO, Cell
from ssdmath.contrasts.choose import digest
from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import chosen, draws, parquet, schemas

VALIDATION, TEST = "validation", "test"


@dataclass(frozen=True)
class World:
    """What was recorded: for each problem and decoding a block of draws in `recorded`."""

    recorded: pl.DataFrame  # status, correct; sorted by problem and decoding
    decodings: list[str]
    begin: Ints  # problems x decodings: where the block begins
    count: Ints  # problems x decodings: its length
    rates: Floats  # share of right answers by decoding: the truth of this world
    clusters: list[Ints]  # the problems of each cluster
    sizes: dict[str, int]  # clusters of each split of a study
    draws: int  # of a problem in one cell of a study
    runs: int  # of a trained arm in the study
    validation: str  # digest of the recorded draws

    @classmethod
    def read(cls, study: Path) -> "World":
        """Read a finished study's draws of base and placebo on validation.

        Only there was every decoding drawn; of the test split its problems are counted.
        """
        paths = {
            model: sorted(study.glob(f"verdicts/{model}/{VALIDATION}/*/*.parquet"))
            for model in (BASE, PLACEBO)
        }
        if not paths[PLACEBO] or not (study / "chosen.json").exists():
            raise ValueError(f"{study}: found no placebo's verdicts; allowed: a finished study")
        offered = {Cell.of(str(path)).decoding for path in paths[PLACEBO]}
        used = [str(p) for of in paths.values() for p in of if Cell.of(str(p)).decoding in offered]
        problems = {
            split: parquet.read(study / "problems" / f"{split}.parquet", schemas.PROBLEMS)
            for split in (VALIDATION, TEST)
        }
        arms = chosen.read(study / "chosen.json")
        runs = max(len(arm["winner"]["models"]) for arm in arms.values())
        sizes = {split: table["cluster"].n_unique() for split, table in problems.items()}
        return cls.of(draws.gather(used), problems[VALIDATION], sizes=sizes, runs=runs)

    @classmethod
    def of(
        cls, verdicts: pl.DataFrame, problems: pl.DataFrame, *, sizes: dict[str, int], runs: int
    ) -> "World":
        """Lay the verdicts of base and placebo out in blocks; studies draw as often as placebo."""
        ordered = verdicts.sort("problem", "decoding", "model", "index")
        blocks = ordered.group_by("problem", "decoding", maintain_order=True).agg(
            pl.len(), placebo=(pl.col("model") == PLACEBO).sum()
        )
        decodings = sorted(blocks["decoding"].unique())
        count = blocks["len"].to_numpy().reshape(-1, len(decodings)).astype(np.int64)
        begin = (np.cumsum(count) - count.ravel()).reshape(count.shape)
        right = ordered["correct"].fill_null(value=False).to_numpy().astype(np.float64)
        rates = (np.add.reduceat(right, begin.ravel()).reshape(count.shape) / count).mean(axis=0)
        of_clusters = (
            problems.sort("id").with_row_index("row").group_by("cluster", maintain_order=True)
        )
        return cls(
            recorded=ordered.select("status", "correct"),
            decodings=decodings,
            begin=begin,
            count=count,
            rates=rates,
            clusters=[part["row"].to_numpy() for _, part in of_clusters],
            sizes=sizes,
            draws=int(blocks["placebo"].to_numpy().min()),
            runs=runs,
            validation=digest(verdicts),
        )

    def problems(self, split: str, rng: np.random.Generator) -> tuple[Ints, pl.DataFrame]:
        """New problems of a split, clusters drawn with replacement: their rows and their table."""
        picked = rng.integers(len(self.clusters), size=self.sizes[split])
        rows = np.concatenate([self.clusters[at] for at in picked])
        copies = np.repeat(np.arange(len(picked)), [len(self.clusters[at]) for at in picked])
        ids = [f"{split}-{at:05d}" for at in range(len(rows))]
        clusters = [f"{split}-{at:05d}" for at in copies]
        columns = {"id": ids, "cluster": clusters}
        table = pl.DataFrame(columns).with_columns(split=pl.lit(split), stratum=pl.lit("all"))
        return rows, table

    def answers(
        self, cells: Sequence[Cell], rows: Ints, ids: pl.Series, rng: np.random.Generator
    ) -> pl.DataFrame:
        """New draws of some cells for the problems `rows`, in the columns of all draws."""
        frames = []
        for cell in cells:
            at = self.decodings.index(cell.decoding)
            where = rng.random((len(rows), self.draws)) * self.count[rows, at][:, None]
            taken = self.begin[rows, at][:, None] + where.astype(np.int64)
            named = [pl.lit(v, draws.TYPES.get(k, pl.String())).alias(k) for k, v in _of(cell)]
            frames.append(
                self.recorded[taken.ravel()].with_columns(
                    *named,
                    problem=ids.gather(np.repeat(np.arange(len(rows)), self.draws)),
                    index=pl.Series(np.tile(np.arange(self.draws), len(rows))),
                )
            )
        return pl.concat(frames)


def _of(cell: Cell) -> list[tuple[str, Any]]:
    return list(cell.columns().items())
