"""The draws of a finished study, cell by cell: which there are, and lazy frames over them."""

from collections.abc import Sequence

import polars as pl

from ssdmath.config.documents import shown
from ssdmath.config.names import Cell
from ssdmath.config.problems import OUTSIDE
from ssdmath.finished.folder import StudyFolder, StudyFolderError, listed
from ssdmath.tables import draws, parquet

CELLS = pl.Schema(
    {
        "model": pl.String(),
        "arm": pl.String(),
        "train_decoding": pl.String(),  # of the synthesis sample; null for base
        "train_seed": pl.Int64(),
        "step": pl.Int64(),
        "split": pl.String(),
        "decoding": pl.String(),
        "seed": pl.Int64(),  # sampling seed
    }
)


def evaluated(folder: StudyFolder, kind: str) -> list[str]:
    """The `samples` or `verdicts` of validation and test that the scores count, in the folder.

    A cell that a race dropped is a table without rows and is left out.
    """
    names = [name for name in folder.names(f"{kind}/") if Cell.of(name).split != OUTSIDE]
    if folder.study.evaluation.racing is None:
        return names
    return [name for name in names if parquet.rows(folder.path / name)]


def outside(folder: StudyFolder, kind: str) -> list[str]:
    """Those of the outside problems, which have tables of their own."""
    return [name for name in folder.names(f"{kind}/") if Cell.of(name).split == OUTSIDE]


def synthesised(folder: StudyFolder, kind: str) -> list[str]:
    """Those of the training problems, as far as the study keeps them: arms train on these."""
    names = [
        f"{kind}/{model}/train/{slug}/{seed}.parquet"
        for (model, seed), slugs in folder.study.synthesis_samples.items()
        for slug in slugs
    ]
    return sorted(name for name in names if (folder.path / name).is_file())


def columns(cell: Cell) -> dict[str, str | int | None]:
    """A cell's row of `CELLS`."""
    return cell.columns() | {"seed": cell.seed}


def table(names: Sequence[str]) -> pl.DataFrame:
    """One row per cell, the columns of `CELLS`; read off the names alone."""
    return pl.DataFrame([columns(Cell.of(name)) for name in names], schema=CELLS)


def select(names: Sequence[str], asked: dict[str, str | None]) -> list[str]:
    """The cells with the asked model, split and decoding (None: any); StudyFolderError: none."""
    kept, before = list(names), ""
    for column, value in asked.items():
        if value is None:
            continue
        held = [str(getattr(Cell.of(name), column)) for name in kept]
        if value not in held:
            found = f"found no {column} {shown(value)}{before and f' with {before}'}"
            raise StudyFolderError(f"{found}; allowed: {listed(sorted(set(held)))}")
        kept = [name for name, own in zip(kept, held, strict=True) if own == value]
        before += f"{before and ', '}{column} {value}"
    return kept


def scan(folder: StudyFolder, names: Sequence[str], schema: pl.Schema) -> pl.LazyFrame:
    """The rows of some cells, with the columns of `CELLS` first; nothing is read but schemas.

    TableError names a file that is truncated or has other columns than `schema`.
    """
    return pl.concat([_scan(str(folder.path / name), schema) for name in names])


def _scan(path: str, schema: pl.Schema) -> pl.LazyFrame:
    frame = pl.scan_parquet(path, glob=False)
    try:
        found = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise parquet.TableError(f"{path}: not a readable parquet table ({reason})") from None
    if dict(found) != dict(schema):
        raise parquet.TableError(
            f"{path}: found columns {listed(found)}; allowed: {listed(schema)}"
        )
    cell = columns(Cell.of(path))
    named = [pl.lit(cell[name], dtype=kind).alias(name) for name, kind in CELLS.items()]
    return frame.select(*named, pl.exclude("seed"))


def gather(folder: StudyFolder) -> pl.DataFrame:
    """The verdicts of all cells that the scores count, as the rules that compare are given them."""
    return draws.gather([folder.file(name) for name in evaluated(folder, "verdicts")])
