"""Compare finished studies: `make compare STUDIES="results/a results/b"` (docs/compare.md)."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from ssdmath.compared import replications, schemas, settings, summary
from ssdmath.config.documents import refusal
from ssdmath.finished.folder import StudyFolderError
from ssdmath.finished.study import FinishedStudy
from ssdmath.provenance import job_records
from ssdmath.tables import atomic, output_folder, parquet

RECORD = "compared.json"
COMMAND = "make compare"


def main(arguments: Sequence[str]) -> None:
    """Compare, write tables and forest plots, print the summary; exits with a line if it cannot."""
    asked = _parser().parse_args(arguments)
    try:
        print(run([Path(path) for path in asked.studies], Path(asked.output)), end="")
    except ValueError as error:
        sys.exit(refusal(error))


def run(paths: Sequence[Path], output: Path) -> str:
    """Everything that `main` does; gives the summary. All is read before anything is written."""
    if len(paths) < 2:
        allowed = 'two or more: make compare STUDIES="results/a results/b"'
        raise StudyFolderError(f"studies: found {len(paths)}; allowed: {allowed}")
    output_folder.check(output, RECORD, COMMAND)
    studies = {name: FinishedStudy(path) for name, path in named(paths).items()}
    rows = replications.table(studies)
    pools = replications.pool(rows)
    rows = replications.weighted(rows, pools)
    differing = settings.differences({name: s.folder.study for name, s in studies.items()})
    overlaps = replications.overlaps(rows, studies)
    text = summary.text(list(studies), rows, pools, differing, overlaps)
    tables = {
        "studies": (rows, schemas.STUDIES),
        "pooled": (pools, schemas.POOLED),
        "differences": (differing, schemas.DIFFERENCES),
    }
    _write(output, tables, _record(studies))
    _draw(output, rows, pools)
    with atomic.atomic(output / "summary.md") as part:
        part.write_text(text)
    return f"{text}\ncompared: {output}\n"


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """Names for the studies: the last part of each path, or all of it where two are alike."""
    whole = [path.resolve() for path in paths]
    if len(set(whole)) < len(whole):
        twice = next(path for path in paths if whole.count(path.resolve()) > 1)
        raise StudyFolderError(f"studies: found {twice} twice; allowed: each once")
    short = [path.name for path in whole]
    names = short if len(set(short)) == len(short) else [str(path) for path in paths]
    return dict(zip(names, paths, strict=True))


def _record(studies: dict[str, FinishedStudy]) -> dict[str, object]:
    """What the tables were made from: each study's folder and the state of its contrasts."""
    return {
        "studies": {
            name: {
                "folder": str(study.folder.path),
                "contrasts": job_records.content(study.folder.file("contrasts.parquet")),
            }
            for name, study in studies.items()
        }
    }


def _write(
    output: Path, tables: dict[str, tuple[pl.DataFrame, pl.Schema]], record: dict[str, object]
) -> None:
    atomic.write_json(record, output / RECORD)
    for name, (frame, schema) in tables.items():
        parquet.write(frame, output / f"{name}.parquet", schema, record)
        parquet.write_csv(frame, output / f"{name}.csv")


def _draw(output: Path, rows: pl.DataFrame, pools: pl.DataFrame) -> None:
    """Write one forest plot per contrast; those of an earlier call go first."""
    from ssdmath.report.figures.figure import save_svg
    from ssdmath.report.figures.forest import forest

    for old in output.glob("forest-*.svg"):
        old.unlink()
    for number, estimate in enumerate(pools.iter_slices(1), start=1):
        own = rows.join(estimate.select(replications.KEY), on=replications.KEY, how="semi")
        figure = forest(own, estimate.drop_nulls("delta"))
        save_svg(figure, output / f"forest-{number}.svg")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ssdmath.compared.compare")
    parser.add_argument("studies", nargs="*", help="folders of finished studies")
    parser.add_argument("--output", default="results/compare")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
