"""A finished study as an object: `load_study("results/micro")` (docs/python.md).

Every table is read when it is first asked for, and only then.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ssdmath.config.terms import EXPLORATORY
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import answers, contrasts
from ssdmath.finished import cells, folder, sides
from ssdmath.finished.folder import StudyFolderError, listed
from ssdmath.grid import settings
from ssdmath.tables import chosen, derived_schemas, draws, parquet, schemas, score_schema

if TYPE_CHECKING:
    from ssdmath.finished.figures import Figures

_FEWEST = 100  # resamples
SPLITS = ("validation", "test")
ASKED = "asked of a finished study, exploratory: p is not corrected for other questions"
CHOSEN_HERE = "a side was chosen on these problems: its accuracy on them is too high on average"
CHOSEN = pl.Schema(
    {
        "arm": pl.String(),
        "models": pl.List(pl.String),  # one per run
        "train_decoding": pl.String(),  # of the synthesis sample; null for an untrained arm
        "step": pl.Int64(),
        "decoding": pl.String(),
        "problems": pl.Int64(),  # of validation
        "draws": pl.Int64(),
        "accuracy": pl.Float64(),  # on validation, mean over runs
        "lo": pl.Float64(),
        "hi": pl.Float64(),
        "corrected": pl.Float64(),  # the accuracy, corrected for the choice; null where unknown
        "candidates": pl.Int64(),  # cells that the arm could choose from
    }
)


class FinishedStudy:
    """The results of a finished study; frames are polars, figures are Altair charts."""

    def __init__(self, path: str | Path) -> None:
        """Open a study's folder; StudyFolderError says why it cannot be."""
        self.folder = folder.read(path)

    def __repr__(self) -> str:
        """Say what the study holds."""
        counts = [f"{self.cells[name].n_unique()} {name}s" for name in ("model", "decoding")]
        return f"<study {self.folder.study.name}: {', '.join(counts)}, {self.cells.height} cells>"

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Accuracy and health, one row per cell and stratum (`tables/score_schema.py`)."""
        schema = score_schema.schema(self.folder.study.evaluation.ks)
        return parquet.read(self.folder.file("scores.parquet"), schema)

    @cached_property
    def contrasts(self) -> pl.DataFrame:
        """The declared comparisons, one row each (`tables.schemas.CONTRASTS`)."""
        return parquet.read(self.folder.file("contrasts.parquet"), schemas.CONTRASTS)

    @cached_property
    def outside(self) -> pl.DataFrame:
        """Each tested arm against base on the outside problems (`derived_schemas.OUTSIDE`).

        StudyFolderError: the study has no outside split.
        """
        return parquet.read(self.folder.file("outside.parquet"), derived_schemas.OUTSIDE)

    @cached_property
    def chosen(self) -> pl.DataFrame:
        """What each arm chose on validation, one row per arm (`CHOSEN`)."""
        rows = [
            arm["winner"]
            | {
                "arm": name,
                "accuracy": arm["winner"]["mean"],
                "corrected": arm.get("corrected", {}).get("estimate"),
                "candidates": arm.get("candidates"),
            }
            for name, arm in self._arms.items()
        ]
        return pl.DataFrame(rows, schema=CHOSEN)

    @cached_property
    def problems(self) -> pl.DataFrame:
        """The problems of all splits, one row each (`tables.schemas.PROBLEMS`)."""
        splits = [f"problems/{split}.parquet" for split in self.folder.study.problems.splits]
        return draws.problems([self.folder.file(name) for name in splits])

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The cells whose draws the scores count, one row each (`finished.cells.CELLS`)."""
        return cells.table(cells.evaluated(self.folder, "verdicts"))

    @property
    def figures(self) -> list[str]:
        """The names of the report's figures that this study has."""
        return self._figures.names()

    def samples(
        self, *, model: str | None = None, split: str | None = None, decoding: str | None = None
    ) -> pl.LazyFrame:
        """Completions, one row per draw: the cell's columns (`CELLS`), then `SAMPLES`.

        Nothing is read before `collect`. None: any. StudyFolderError names what there is no cell
        of; TableError names a damaged file.
        """
        asked = {"model": model, "split": split, "decoding": decoding}
        return self._draws("samples", schemas.SAMPLES, asked)

    def verdicts(
        self, *, model: str | None = None, split: str | None = None, decoding: str | None = None
    ) -> pl.LazyFrame:
        """The verdict of each draw; the columns of the cell (`CELLS`), then `VERDICTS`.

        Rows belong to those of `samples` by the cell's columns, problem and index.
        """
        asked = {"model": model, "split": split, "decoding": decoding}
        return self._draws("verdicts", schemas.VERDICTS, asked)

    def contrast(self, a: str, b: str, *, split: str = "validation") -> pl.DataFrame:
        """Compare two sides problem by problem, as the declared contrasts are: one row of them.

        A side is written as in the columns a and b of `contrasts`, or shorter
        (`finished.sides.parse`). The difference is accuracy of a minus accuracy of b, in shares.
        The comparison was not declared: it is exploratory, and its note says so.
        """
        first, second = self._side("a", a, split), self._side("b", b, split)
        answer = self._answer(Contrast(f"{a} against {b}", EXPLORATORY, split, first, second))
        winners = [Side(*chosen.winner(self._arms, arm)) for arm in self._arms]
        is_chosen = split == "validation" and (first in winners or second in winners)
        notes = [answer["note"][0], CHOSEN_HERE * is_chosen, ASKED]
        return answer.with_columns(note=pl.lit("; ".join(filter(None, notes))))

    def standard_errors(self) -> dict[str, float]:
        """The standard error of each declared comparison, in shares: runs and problems vary.

        Computed as the comparison was; the table holds the interval instead.
        """
        budgets = {one.name: one.budget for one in self.folder.study.contrasts}
        declared = []
        for row in self.contrasts.iter_rows(named=True):
            name, split = row["contrast"], row["split"]
            a, b = (self._side(side, row[side], split) for side in "ab")
            declared.append(Contrast(name, row["family"], split, a, b, budgets.get(name)))
        given = self._given | {"resamples": _FEWEST}  # which no standard error comes from
        given.pop("margin")
        answered = answers(self._verdicts, self._evaluated, declared, **given)
        return dict(answered.select("contrast", "se").iter_rows())

    def figure(self, name: str) -> Any:
        """A figure of the report as an Altair chart; StudyFolderError lists the names."""
        return self._figures.chart(name)

    @cached_property
    def _figures(self) -> "Figures":
        from ssdmath.finished.figures import Figures  # the whole report: half of the import time

        return Figures(self.folder)

    @cached_property
    def _arms(self) -> dict[str, Any]:
        return chosen.read(self.folder.file("chosen.json"))

    @cached_property
    def _verdicts(self) -> pl.DataFrame:
        return cells.gather(self.folder)

    def _side(self, name: str, text: str, split: str) -> Side:
        """One side of a new comparison on a split."""
        if split not in SPLITS:
            raise StudyFolderError(f"found split {split!r}; allowed: {listed(SPLITS)}")
        try:
            return sides.parse(text, self._arms, self.cells.filter(pl.col("split") == split))
        except StudyFolderError as error:
            raise StudyFolderError(f"side {name}, {split}: {error}") from None

    def _answer(self, asked: Contrast) -> pl.DataFrame:
        """The study's inference on one comparison: all its verdicts show how runs spread."""
        return contrasts(self._verdicts, self._evaluated, [asked], **self._given)

    @property
    def _given(self) -> dict[str, Any]:
        """The settings with which the study's declared comparisons were answered."""
        decided = settings.contrasts(self.folder.study)
        return {n: decided[n] for n in ("seed", "resamples", "margin", "shared", "matched")}

    @property
    def _evaluated(self) -> pl.DataFrame:
        """The problems of validation and test."""
        return self.problems.filter(pl.col("split").is_in(SPLITS))

    def _draws(self, kind: str, schema: pl.Schema, asked: dict[str, str | None]) -> pl.LazyFrame:
        kinds = (cells.evaluated, cells.outside, cells.synthesised)
        names = [name for of_kind in kinds for name in of_kind(self.folder, kind)]
        return cells.scan(self.folder, cells.select(names, asked), schema)
