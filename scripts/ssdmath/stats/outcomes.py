"""From draws to a matrix: right and drawn answers of each problem (rows) in each cell (columns)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from ssdmath.stats.resampling import Floats, Ints
from ssdmath.tables import statuses

KEY = ["model", "split", "decoding"]  # names a cell; the other columns follow from the model
CELL = ["model", "arm", "train_decoding", "train_seed", "step", "split", "decoding"]


@dataclass(frozen=True)
class Outcomes:
    """Counts of a split: `correct` and `drawn` are problems x cells, as in the frames."""

    cells: pl.DataFrame  # the CELL columns, sorted
    problems: pl.DataFrame  # id, stratum, cluster, sorted by id
    correct: Ints
    drawn: Ints

    @cached_property
    def rates(self) -> Floats:
        """Share of right answers among all drawn, problems x cells; NaN where none was drawn."""
        return np.where(self.drawn > 0, self.correct / np.maximum(self.drawn, 1), np.nan)

    @cached_property
    def clusters(self) -> Ints:
        """The cluster of each problem, numbered from 0 in the order of the problems."""
        return number(self.problems["cluster"])

    def columns(self, models: Sequence[str], decoding: str) -> Ints:
        """The columns of some models' cells at one decoding; ValueError names one without draws."""
        present = list(zip(self.cells["model"], self.cells["decoding"], strict=True))
        for model in models:
            if (model, decoding) not in present:
                raise ValueError(f"cell {model} at {decoding}: no draws on this split")
        return np.array([present.index((model, decoding)) for model in models], dtype=np.int64)


def tally(draws: pl.DataFrame, problems: pl.DataFrame, split: str) -> Outcomes:
    """Count the draws of `split`; an unjudged draw counts as drawn and not as correct."""
    of_split = problems.filter(split=split).sort("id").select("id", "stratum", "cluster")
    if unnamed := of_split.filter(pl.col("cluster").is_null())["id"].to_list():
        raise ValueError(
            f"problems of {split}: {len(unnamed)} without a cluster, e.g. {unnamed[0]}"
        )
    counts = (
        draws.filter(split=split)
        .group_by(*CELL, "problem")
        .agg(drawn=pl.len(), right=pl.col("correct").fill_null(value=False).sum())
    )
    cells = counts.select(CELL).unique().sort(KEY)
    if (twice := cells.filter(cells.select(KEY).is_duplicated())).height:
        raise ValueError(
            f"cell {twice['model'][0]}: two sets of arm, train decoding, seed and step"
        )
    row = of_split.select("id").with_row_index("row")
    column = cells.select(KEY).with_row_index("column")
    placed = counts.join(row, left_on="problem", right_on="id", how="left").join(column, on=KEY)
    if lost := placed.filter(pl.col("row").is_null())["problem"].sort().to_list():
        raise ValueError(f"draws of {split}: problem {lost[0]} is not among the problems")
    at = (placed["row"].to_numpy(), placed["column"].to_numpy())
    correct = np.zeros((of_split.height, cells.height), dtype=np.int64)
    drawn = np.zeros_like(correct)
    correct[at], drawn[at] = placed["right"].to_numpy(), placed["drawn"].to_numpy()
    return Outcomes(cells, of_split, correct, drawn)


def votes(draws: pl.DataFrame, outcomes: Outcomes) -> list[tuple[Ints, Ints]]:
    """Per cell: answer class (-1: none) and correctness of each draw, problems x draws."""
    cell_votes = []
    row = outcomes.problems.select(problem="id").with_row_index("row")
    ordered = draws.join(row, on="problem").sort("row", "index", "status", "answer")
    for cell in outcomes.cells.iter_rows(named=True):
        of_cell = ordered.filter(*(pl.col(name) == cell[name] for name in KEY)).with_columns(
            draw=pl.int_range(pl.len()).over("row"),
            label=pl.when(pl.col("status").is_in(statuses.VOTELESS)).then(None).otherwise("answer"),
        )
        width = int(of_cell["draw"].to_numpy().max()) + 1
        shape = (outcomes.problems.height, width)
        classes, right = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        at = (of_cell["row"].to_numpy(), of_cell["draw"].to_numpy())
        labels = of_cell["label"].rank("dense").cast(pl.Int64).fill_null(-1)
        classes[at] = labels.to_numpy()
        right[at] = of_cell["correct"].fill_null(value=False).to_numpy()
        cell_votes.append((classes, right))
    return cell_votes


def number(labels: pl.Series) -> Ints:
    """Number the distinct labels 0, 1, ... in the order in which they first stand."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)
