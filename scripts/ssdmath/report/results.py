"""A study's results, read once, with a digest of every file that was read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.config.study import Study
from ssdmath.config.terms import PRIMARY
from ssdmath.provenance.job_records import sha256
from ssdmath.report import origin
from ssdmath.report.figures.conditions import annotate, conditions, strata
from ssdmath.report.inputs import FileRecord, Inputs, short
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.verification import completion

_TEXT = pl.col("text")
_USAGE = dict.fromkeys(("rule", "log"), pl.String) | dict.fromkeys(
    ("wall", "cpu", "rss"), pl.Float64
)


@dataclass
class Results:
    """A study's tables, and the record of the files behind them."""

    study: Study
    inputs: Inputs
    commit: str = field(default_factory=origin.commit)
    cells: pl.DataFrame = field(init=False)  # the scores, annotated by `conditions.annotate`
    contrasts: pl.DataFrame = field(init=False)
    chosen: dict[str, Any] = field(init=False)
    problems: pl.DataFrame = field(init=False)  # of all splits
    records: dict[str, FileRecord] = field(default_factory=dict, init=False)
    _draws: dict[tuple[str, str, str], pl.DataFrame | None] = field(
        default_factory=dict, init=False
    )

    def __post_init__(self) -> None:
        """Read the tables that every study has; TableError names one that is not a table."""
        self.cells = annotate(self.read(self.inputs.scores))
        self.contrasts = self.read(self.inputs.contrasts)
        self.chosen = self.read_json(self.inputs.chosen)
        tables = [self.read(path, schemas.PROBLEMS) for path in self.inputs.problems]
        self.problems = pl.concat([pl.DataFrame(schema=schemas.PROBLEMS), *tables])

    @cached_property
    def plan(self) -> dict[str, Any]:
        """The plan; empty where the study has none."""
        return {} if self.inputs.plan is None else self.read_json(self.inputs.plan)

    @cached_property
    def ledger(self) -> dict[str, Any]:
        """The looks at the test split, summed up; empty where the study has no ledger."""
        return {} if self.inputs.ledger is None else self.read_json(self.inputs.ledger)

    @cached_property
    def looks(self) -> dict[str, Any]:
        """The declared looks at the test split; empty where the study declares none."""
        return self.read_json(self.inputs.looks[0]) if self.inputs.looks else {}

    @cached_property
    def usage(self) -> pl.DataFrame:
        """One row per job: rule, log, wall and processor seconds, memory in MB (`jobs.usage`).

        Of a job that ran several times, the last.
        """
        rows = [pl.read_ndjson(path, schema=_USAGE) for path in self.inputs.usage]
        jobs = pl.concat([pl.DataFrame(schema=_USAGE), *rows])
        return jobs.unique("log", keep="last", maintain_order=True)

    @property
    def primary(self) -> dict[str, Any] | None:
        """The primary contrast as a row, or None in a study that declares none."""
        rows = self.contrasts.filter(family=PRIMARY)
        return rows.row(0, named=True) if rows.height else None

    @cached_property
    def conditions(self) -> list[str]:
        """Every condition, in the order of all legends."""
        return conditions(self.cells)

    @cached_property
    def strata(self) -> list[str]:
        """Every stratum, in the order of all figures."""
        return strata(self.cells)

    def all_strata(self, split: str | None = None) -> pl.DataFrame:
        """The cells over all strata together, of one split or of all."""
        cells = self.cells.filter(stratum="all")
        return cells if split is None else cells.filter(split=split)

    def read_json(self, path: str) -> dict[str, Any]:
        """Read a JSON file and record it."""
        self.record(path)
        return atomic.read_json(path)

    def read(self, path: str, schema: pl.Schema | None = None) -> pl.DataFrame:
        """Read a parquet table and record it; TableError: the file is not what it should be."""
        frame = pl.read_parquet(path) if schema is None else parquet.read(path, schema)
        self.record(path)
        return frame

    def record(self, path: str) -> None:
        """Record a file: digest, size, provenance."""
        if path in self.records:
            return
        provenance = parquet.provenance(path) if path.endswith(".parquet") else {}
        size = Path(path).stat().st_size
        self.records[path] = FileRecord(short(path), sha256(path), size, provenance)

    def draws(self, model: str, split: str, decoding: str) -> pl.DataFrame | None:
        """Verdicts of a cell that was sampled (all sampling seeds); None if it is not there.

        Texts are left out, since those of a large study do not fit; `letters` is their length.
        """
        key = (model, split, decoding)
        if key not in self._draws:
            samples = {Cell.of(path): path for path in self.inputs.samples}
            verdicts = {Cell.of(path): path for path in self.inputs.verdicts}
            cells = [cell for cell in sorted(samples) if cell[:3] == key and cell in verdicts]
            frames = [self._judged(cell, samples[cell], verdicts[cell]) for cell in cells]
            frame = pl.concat(frames).sort("problem", "cell_seed", "index") if frames else None
            self._draws[key] = frame
        return self._draws[key]

    def _judged(self, cell: Cell, samples: str, verdicts: str) -> pl.DataFrame:
        self.record(samples)
        judged = self.read(verdicts, schemas.VERDICTS).with_columns(
            model=pl.lit(cell.model),
            decoding=pl.lit(cell.decoding),
            file=pl.lit(samples),
            cell_seed=pl.lit(cell.seed),
        )
        return _with_texts(judged, samples, letters=_TEXT.str.len_chars())

    def texts(self, draws: pl.DataFrame, text: pl.Expr = _TEXT) -> pl.DataFrame:
        """Rows of `draws`, at least one, with their texts or a part of them, in the same order."""
        numbered = draws.with_row_index("_row")
        by_file = [
            _with_texts(rows, str(file), text=text)
            for (file,), rows in numbered.partition_by("file", as_dict=True).items()
        ]
        return pl.concat(by_file).sort("_row").drop("_row")

    def source(self, *paths: str | None) -> str:
        """The line under a figure: files, their rules, the start of their digests, the commit."""
        records = [self.records[path] for path in paths if path in self.records]
        files = [f"{r.name} (rule {origin.rule(r.name)}, sha256 {r.sha256[:12]})" for r in records]
        return ", ".join([*files, *self._committed()] if files else [])

    def sources(self, pattern: str, paths: Sequence[str]) -> str:
        """The same line for many files of one kind; the provenance section has their digests."""
        for path in paths:
            self.record(path)
        rule = f"rule {origin.rule(short(paths[0]))}, digests in Provenance" if paths else "none"
        return ", ".join([f"{pattern} ({len(paths):,} files: {rule})", *self._committed()])

    def _committed(self) -> list[str]:
        return [f"commit {self.commit}"] if self.commit else []


def _with_texts(rows: pl.DataFrame, samples: str, **columns: pl.Expr) -> pl.DataFrame:
    """Verdicts of one cell, joined with expressions of their samples' texts."""
    keys = ["problem", "index"]
    columns_by_slice = [
        samples_slice.join(rows.select(keys), on=keys, how="semi").select(*keys, **columns)
        for samples_slice in completion.slices(samples, [*keys, "text"])
    ]
    return rows.join(pl.concat(columns_by_slice), on=keys, how="inner")
