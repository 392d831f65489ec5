"""Everything the report is made from, read once, with a digest of every file that was read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

import polars as pl

from ssdmath.config.names import Cell
from ssdmath.report import origin
from ssdmath.report.figures.conditions import annotate, conditions
from ssdmath.tables import atomic, parquet, schemas
from ssdmath.verification import completion

_TEXT = pl.col("text")
_TIMES = ("s", "cpu_time", "max_rss")  # of a benchmark file: wall and processor seconds, MB


@dataclass(frozen=True, slots=True)
class Inputs:
    """The paths the report is given; None where the study has no such file."""

    study: dict[str, Any]
    scores: str
    contrasts: str
    chosen: str
    problems: Sequence[str]
    problems_report: str
    samples: Sequence[str]
    verdicts: Sequence[str]
    training_logs: Sequence[str] = ()
    health: Sequence[str] = ()
    plan: str | None = None
    toy: str | None = None
    geometry: str | None = None
    probe: str | None = None
    cards: str | None = None
    truth: str | None = None
    heuristic_recall: str | None = None
    target: str | None = None
    lengths: str | None = None
    attribution: str | None = None
    temperature: str | None = None
    curves: str | None = None
    gains: str | None = None
    benchmarks: Sequence[str] = ()
    slowest: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One file the report rests on."""

    name: str
    sha256: str
    size: int
    provenance: dict[str, Any]


@dataclass(slots=True)
class Material:
    """A study, read: scores annotated by `frames.annotate`, tables, and the files behind them."""

    inputs: Inputs
    cells: pl.DataFrame
    contrasts: pl.DataFrame
    chosen: dict[str, Any]
    problems: pl.DataFrame
    times: pl.DataFrame  # a row a timed job: its rule, and what _TIMES names
    records: dict[str, Record] = field(default_factory=dict)
    commit: str = field(default_factory=origin.commit)
    drawn: dict[tuple[str, str, str], pl.DataFrame | None] = field(default_factory=dict)

    @property
    def study(self) -> dict[str, Any]:
        """The study's config."""
        return self.inputs.study

    @property
    def cap(self) -> int | None:
        """The generation cap in tokens, where the config gives one."""
        cap = self.study.get("sampling", {}).get("cap")
        return int(cap) if cap is not None else None

    @property
    def primary(self) -> dict[str, Any] | None:
        """The primary contrast as a row, or None in a study that declares none."""
        rows = self.contrasts.filter(pl.col("family") == "primary")
        return rows.row(0, named=True) if rows.height else None

    @property
    def conditions(self) -> list[str]:
        """Every condition, in the order of all legends."""
        return conditions(self.cells)

    def read_json(self, path: str) -> dict[str, Any]:
        """Read a JSON file and put it on record."""
        self.note(path)
        return atomic.read_json(path)

    def read(self, path: str, schema: pl.Schema | None = None) -> pl.DataFrame:
        """Read a parquet table and put it on record."""
        frame = pl.read_parquet(path) if schema is None else parquet.read(path, schema)
        self.note(path)
        return frame

    def note(self, path: str) -> None:
        """Put a file on record: digest, size, provenance."""
        if path not in self.records:
            digest = hashlib.sha256()
            with Path(path).open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            known = parquet.provenance(path) if path.endswith(".parquet") else {}
            size = Path(path).stat().st_size
            self.records[path] = Record(short(path), digest.hexdigest(), size, known)

    def cells_of(self, kind: str) -> dict[Cell, str]:
        """The paths of `samples` or `verdicts` by cell."""
        paths = self.inputs.samples if kind == "samples" else self.inputs.verdicts
        return {Cell.of(path): path for path in paths}

    def draws(self, model: str, split: str, decoding: str) -> pl.DataFrame | None:
        """Verdicts of a cell that was sampled (all sampling seeds); None if it is not there.

        Of the texts there is only their length, `letters`: those of a large study do not fit.
        """
        key = (model, split, decoding)
        if key not in self.drawn:
            samples, verdicts = self.cells_of("samples"), self.cells_of("verdicts")
            cells = [cell for cell in sorted(samples) if cell[:3] == key and cell in verdicts]
            parts = [self._judged(cell, samples[cell], verdicts[cell]) for cell in cells]
            frame = pl.concat(parts).sort("problem", "cell_seed", "index") if parts else None
            self.drawn[key] = frame
        return self.drawn[key]

    def _judged(self, cell: Cell, samples: str, verdicts: str) -> pl.DataFrame:
        self.note(samples)
        columns = {"model": cell.model, "decoding": cell.decoding, "file": samples}
        judged = self.read(verdicts, schemas.VERDICTS).with_columns(
            cell_seed=pl.lit(cell.seed), **{k: pl.lit(v) for k, v in columns.items()}
        )
        return _beside(judged, samples, letters=pl.col("text").str.len_chars())

    def texts(self, drawn: pl.DataFrame, text: pl.Expr = _TEXT) -> pl.DataFrame:
        """Rows of `draws`, at least one, with their texts or a part of them, in the order given."""
        kept = drawn.with_row_index("_row")
        parts = [
            _beside(rows, str(file), text=text)
            for (file,), rows in kept.partition_by("file", as_dict=True).items()
        ]
        return pl.concat(parts).sort("_row").drop("_row")

    def source(self, *paths: str | None) -> str:
        """Name files, rules, starts of digests, and the commit: the line under a figure."""
        known = [self.records[path] for path in paths if path in self.records]
        said = [
            f"{one.name} (rule {origin.rule(one.name)}, sha256 {one.sha256[:12]})" for one in known
        ]
        return ", ".join([*said, *self._committed()] if said else [])

    def sources(self, pattern: str, paths: Sequence[str]) -> str:
        """Name many files of one kind, put on record; their digests are in the provenance."""
        for path in paths:
            self.note(path)
        made = f"rule {origin.rule(short(paths[0]))}, digests in Provenance" if paths else "none"
        return ", ".join([f"{pattern} ({len(paths):,} files: {made})", *self._committed()])

    def _committed(self) -> list[str]:
        return [f"commit {self.commit}"] if self.commit else []


def _beside(rows: pl.DataFrame, samples: str, **wanted: pl.Expr) -> pl.DataFrame:
    """Verdicts of one cell, and what is wanted of their texts beside them."""
    keys = ["problem", "index"]
    asked = rows.select(keys)
    parts = [
        part.join(asked, on=keys, how="semi").select(*keys, **wanted)
        for part in completion.slices(samples, [*keys, "text"])
    ]
    return rows.join(pl.concat(parts), on=keys, how="inner")


def short(path: str) -> str:
    """The path inside the study's folder, as far as it can be told."""
    parts = PurePath(path).parts
    roots = ("samples", "verdicts", "training", "checkpoints", "problems", "benchmarks")
    for i, part in enumerate(parts[:-1]):
        if part in roots:
            return "/".join(parts[i:])
    return parts[-1]


def gather(inputs: Inputs) -> Material:
    """Read a study's tables; TableError names a file that is not what it should be."""
    scores = pl.read_parquet(inputs.scores)
    material = Material(
        inputs=inputs,
        cells=annotate(scores),
        contrasts=pl.DataFrame(),
        chosen={},
        problems=pl.DataFrame(),
        times=_job_times(inputs.benchmarks),
    )
    material.note(inputs.scores)
    material.contrasts = material.read(inputs.contrasts)
    material.chosen = material.read_json(inputs.chosen)
    read = [material.read(path, schemas.PROBLEMS) for path in inputs.problems]
    material.problems = pl.concat(read) if read else pl.DataFrame(schema=schemas.PROBLEMS)
    return material


def _job_times(paths: Sequence[str]) -> pl.DataFrame:
    empty = pl.DataFrame(schema=dict.fromkeys(_TIMES, pl.Float64()) | {"rule": pl.String()})
    return pl.concat([empty, *map(_job_time, paths)])


def _job_time(path: str) -> pl.DataFrame:
    parts = PurePath(path).parts
    after = parts[parts.index("benchmarks") + 1] if "benchmarks" in parts else parts[-1]
    frame = pl.read_csv(path, separator="\t", null_values=["-", "NA"])
    wanted = [pl.col(name).cast(pl.Float64) for name in _TIMES]
    return frame.select(wanted).with_columns(rule=pl.lit(after.removesuffix(".tsv")))
