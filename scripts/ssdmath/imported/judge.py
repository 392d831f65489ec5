"""Judge samples from elsewhere: `make judge SAMPLES="a b" PROBLEMS=file` (docs/judge.md)."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.documents import refusal
from ssdmath.config.verification import VerificationConfig
from ssdmath.imported import compare, mapping, problems, samples, summary
from ssdmath.imported.results import Judged
from ssdmath.problems.sources.base import SourceError
from ssdmath.provenance import job_records
from ssdmath.report import format as fmt
from ssdmath.tables import atomic, output_folder, parquet, schemas, score_schema
from ssdmath.verification import judge

RECORD = "judged.json"
PAGE = "report.html"


def main(arguments: Sequence[str]) -> None:
    """Judge, write the tables, print the summary; exits with a line for what cannot be judged."""
    asked = _parser().parse_args(arguments)
    try:
        print(run(asked), end="")
    except ValueError as error:
        sys.exit(refusal(error))


def run(asked: argparse.Namespace) -> str:
    """Everything that `main` does; gives the summary. All is read before anything is judged."""
    output, start = Path(asked.output), time.monotonic()
    if not asked.samples or not asked.problems:
        allowed = 'make judge SAMPLES="folder [folder ...]" PROBLEMS=file'
        missing = "samples" if not asked.samples else "problems"
        raise SourceError(f"{missing}: found none; allowed: {allowed}")
    output_folder.check(output, RECORD, "make judge")
    known = problems.read(Path(asked.problems))
    sides = read(asked, known)
    verdicts = judged(sides, known, thinking=asked.thinking, workers=asked.workers)
    scores = compare.scores(sides, verdicts, known.table)
    contrasts = compare.paired(sides, verdicts, known.table)
    record = recorded(sides, known, Path(asked.problems), thinking=asked.thinking)
    made = Judged(sides, known.table, verdicts, scores, contrasts, record, output)
    from ssdmath.imported import page  # draws figures: late, so that bad input is refused at once

    text = summary.text(made)
    write(made)
    with atomic.atomic(output / "summary.md") as part:
        part.write_text(text)
    page.write(made, output / PAGE)
    count = sum(side.frame.height for side in sides)
    end = f"{fmt.count(count, 'draw')} judged in {time.monotonic() - start:.1f} s: {output}"
    return f"{text}\n{end}\nreport: {output / PAGE}\n"


def read(asked: argparse.Namespace, known: problems.Problems) -> list[samples.Side]:
    """The sides: one of each file or folder, or one of each column that the mapping names."""
    paths, columns = named([Path(path) for path in asked.samples]), mapping.sides(asked.mapping)
    lenient, sides = asked.misses == "leave_out", {}
    for (name, path), column in product(paths.items(), columns):
        called = name if not column else column if len(paths) == 1 else f"{name}-{column}"
        if (called := _plain(called)) in sides:
            raise SourceError(f"samples: found two sides called {called}; allowed: other names")
        sides[called] = samples.read(
            called, path, known, asked.mapping, column=column, leave_out=lenient
        )
    return list(sides.values())


def named(paths: Sequence[Path]) -> dict[str, Path]:
    """Names for the sides: the last part of each path, or all of it where two are alike."""
    short = [path.stem if path.is_file() else path.resolve().name for path in paths]
    longer = ["-".join(path.with_suffix("").parts).strip("-/") for path in paths]
    for spelled in (short, longer, map(str, paths)):
        names = dict(zip(map(_plain, spelled), paths, strict=True))
        if len(names) == len(paths):
            return names
    raise SourceError("samples: found the same path twice, or two of one name; allowed: each once")


def _plain(name: str) -> str:
    """A side's name without what separates names or parts of a path, and what a page hides."""
    return "".join("_" if c in ",|/\\" or not c.isprintable() else c for c in name)


def judged(
    sides: Sequence[samples.Side], known: problems.Problems, *, thinking: bool, workers: int
) -> dict[str, pl.DataFrame]:
    """The VERDICTS of each side; equal answers are compared once over all of them."""
    found = judge.judge_cells(
        {side.name: [side.judged] for side in sides},
        known.golds,
        thinking=thinking,
        limits=VerificationConfig(),
        workers=workers,
    )
    return {side.name: found[side.name].with_columns(tokens=side.tokens) for side in sides}


def recorded(
    sides: Sequence[samples.Side], known: problems.Problems, path: Path, *, thinking: bool
) -> dict[str, Any]:
    """What the tables were made from: files with digests, counts, verifier."""
    return {
        "problems": {"file": str(path), "sha256": job_records.content(path),
                     "number": known.table.height},
        "sides": [
            {
                "name": side.name,
                "draws": side.frame.height,
                "problems": side.frame["problem"].n_unique(),
                "misses": len(side.misses),
                "faults": len(side.faults),
                "model": side.model,
                "files": {str(file): job_records.content(file) for file in side.files},
            }
            for side in sides
        ],
        "thinking": thinking,
        "verifier": judge.provenance(VerificationConfig()),
    }  # fmt: skip


def write(made: Judged) -> None:
    """Write the tables; those of an earlier call go first, so that no two calls are mixed."""
    output, record, scores = made.output, made.record, made.scores
    shutil.rmtree(output / "verdicts", ignore_errors=True)
    (output / PAGE).unlink(missing_ok=True)
    for name in ("scores", "contrasts"):
        for suffix in (".parquet", ".csv"):
            (output / f"{name}{suffix}").unlink(missing_ok=True)
    atomic.write_json(record, output / RECORD)
    for name, frame in made.verdicts.items():
        parquet.write(frame, output / "verdicts" / f"{name}.parquet", schemas.VERDICTS, record)
    schema = score_schema.schema([int(c[5:]) for c in scores.columns if c.startswith("pass@")])
    tables = {"scores": (scores, schema), "contrasts": (made.contrasts, schemas.CONTRASTS)}
    for name, (frame, columns) in tables.items():
        if frame.height:
            parquet.write(frame, output / f"{name}.parquet", columns, record)
            parquet.write_csv(frame, output / f"{name}.csv")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ssdmath.imported.judge")
    parser.add_argument("samples", nargs="*", help="files or folders of samples; one is a side")
    parser.add_argument("--problems", default="", help="jsonl, csv or parquet")
    parser.add_argument("--output", default="results/judge")
    parser.add_argument("--mapping", default="", help="a ready mapping or a YAML file")
    parser.add_argument("--misses", choices=["refuse", "leave_out"], default="refuse")
    parser.add_argument("--thinking", action="store_true", help="the prompt opened the thinking")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
