"""What was judged and what came of it: the tables behind summary and report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.imported.samples import Side
from ssdmath.provenance.job_records import content
from ssdmath.scores.table import ALL


@dataclass(frozen=True)
class Judged:
    """The sides in the order in which they were given, their verdicts and the tables of all."""

    sides: Sequence[Side]
    problems: pl.DataFrame  # PROBLEMS
    verdicts: Mapping[str, pl.DataFrame]  # VERDICTS by side
    scores: pl.DataFrame
    contrasts: pl.DataFrame
    record: Mapping[str, Any]  # files with digests, verifier
    output: Path  # the folder into which the tables were written

    @property
    def names(self) -> list[str]:
        """The names of the sides."""
        return [side.name for side in self.sides]

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The scores over all strata, in the order of the sides; `label` and `condition` too."""
        place = {name: i for i, name in enumerate(self.names)}
        order = pl.col("model").replace_strict(place, return_dtype=pl.Int64)
        rows = self.scores.filter(pl.col("stratum") == ALL).sort(order)
        return rows.with_columns(label="model", condition="model")

    @cached_property
    def strata(self) -> list[str]:
        """The strata of the problems, easiest first: by what the first side solves."""
        rates = self.scores.filter(pl.col("stratum") != ALL)
        own = rates.filter(model=self.names[0]).select("stratum", "accuracy")
        names = rates.select("stratum").unique().join(own, on="stratum", how="left")
        return names.sort("accuracy", "stratum", descending=[True, False], nulls_last=True)[
            "stratum"
        ].to_list()

    def draws(self, side: Side) -> pl.DataFrame:
        """The verdicts of a side with their texts, `letters` being the length of each."""
        texts = side.frame.select("problem", "index", "text")
        return (
            self.verdicts[side.name]
            .join(texts, on=["problem", "index"], maintain_order="left")
            .with_columns(
                letters=pl.col("text").str.len_chars(),
                model=pl.lit(side.name),
                decoding=pl.lit(""),
                cell_seed=pl.lit(0),
            )
        )

    @cached_property
    def files(self) -> list[dict[str, Any]]:
        """Every file that was read or written: name, what it is, size in bytes, digest."""
        problems = self.record["problems"]
        found = [(problems["file"], "problems", problems["sha256"])]
        for side in self.record["sides"]:
            found += [
                (file, f"samples of {side['name']}", sha) for file, sha in side["files"].items()
            ]
        found += [
            (str(path.relative_to(self.output)), "written", content(path))
            for path in sorted(self.output.rglob("*.parquet"))
        ]
        rows = []
        for name, kind, digest in found:
            path = self.output / name if kind == "written" else Path(name)
            size = path.stat().st_size
            rows.append({"name": name, "is": kind, "sha256": digest, "bytes": size})
        return rows

    def source(self, name: str) -> str:
        """The line under a figure: a table that was written, and the start of its digest."""
        digest = next(row["sha256"] for row in self.files if row["name"] == name)
        return f"{name} (sha256 {digest[:12]})"
