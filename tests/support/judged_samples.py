"""Runs `make judge` on samples of the three problems of `foreign_samples`."""

from pathlib import Path

import foreign_samples as foreign
import polars as pl

from ssdmath.imported import judge


def judged(tmp_path: Path, *samples: Path, **options: str) -> Path:
    """Run the command on some samples of the three problems; gives its folder."""
    problems = foreign.problems(tmp_path / "problems.jsonl")
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    output = tmp_path / "out"
    judge.main([*map(str, samples), "--problems", str(problems), "--output", str(output),
                "--workers", "1", *flags])  # fmt: skip
    return output


def whole(output: Path, name: str) -> dict[str, object]:
    """The scores of a side over all strata."""
    scores = pl.read_parquet(output / "scores.parquet")
    return scores.filter(model=name, stratum="all").row(0, named=True)
