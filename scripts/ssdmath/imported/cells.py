"""Cells of a study that were sampled elsewhere: checked before the first job, then read."""

from collections import Counter
from pathlib import Path

import polars as pl

from ssdmath.config.imported import ImportedCell
from ssdmath.imported import mapping, samples
from ssdmath.imported.problems import Problems
from ssdmath.problems.normalise import comparable
from ssdmath.problems.sources.base import SourceError
from ssdmath.tables import schemas


class Named:
    """Takes whatever a sample names for a problem: the study's are not made yet."""

    def find(self, name: str) -> str | None:
        """The name, as statements are compared."""
        return comparable(name) or None


def check(cell: ImportedCell, ends: str, *, problems: int, draws: int, cap: int) -> None:
    """Read all of a cell; SourceError names what cannot be used, as far as that can be told.

    `problems` and `draws` of each are what the study declares.
    """
    side = _read(cell, Named(), ends, cap)
    counts = Counter(side.frame.filter(pl.col("index") < draws)["problem"])
    if (whole := sum(count == draws for count in counts.values())) < problems:
        found = f"found {whole} problems with draws 0 to {draws - 1}"
        raise SourceError(f"{cell.path}: {found}; the study declares {problems}")


def read(
    cell: ImportedCell, ends: str, table: pl.DataFrame, *, seed: int, draws: int, cap: int
) -> samples.Side:
    """The cell as SAMPLES of every problem of `table` (PROBLEMS), in its order, in `frame`.

    Draws beyond the declared ones are left out. SourceError names a problem that lacks one.
    """
    side = _read(cell, Problems(table), ends, cap)
    wanted = pl.DataFrame({"problem": table["id"]}).join(
        pl.DataFrame({"index": range(draws)}, schema={"index": pl.Int32}), how="cross"
    )
    found = side.judged.drop("seed").with_columns(seed=pl.lit(seed))
    frame = wanted.join(found, on=["problem", "index"], how="left", maintain_order="left")
    if (missing := frame.filter(pl.col("text").is_null())).height:
        problem, index = missing.select("problem", "index").row(0)
        said = f"found no draw {index} of problem {problem} ({missing.height:,} such draws)"
        raise SourceError(f"{cell.path}: {said}; allowed: {draws} of each")
    ended = frame if ends == "known" else frame.with_columns(finish=pl.lit(None, pl.String))
    side.frame = ended.select(schemas.SAMPLES.names()).cast(schemas.SAMPLES)
    return side


def files(cell: ImportedCell) -> list[str]:
    """Every file that a cell is made from, its own mapping too."""
    ready = (mapping.INSPECT, *mapping.MAPPINGS)
    own = [cell.mapping] if cell.mapping and cell.mapping not in ready else []
    return [*map(str, samples.files_of(Path(cell.path))), *own]


def _read(cell: ImportedCell, problems: samples.Matcher, ends: str, cap: int) -> samples.Side:
    """The cell as a side; SourceError: draws without an end that is needed, or above the cap."""
    path, asked = Path(cell.path), cell.mapping or ""
    if mapping.sides(asked) != [""]:
        said = f"{asked}: found several columns under text"
        raise SourceError(f"{said}; allowed: one, as a cell is of one model")
    side = samples.read(path.name, path, problems, asked, leave_out=True)
    if ends == "known" and not side.knows_finish:
        unknown = side.frame["finish"].null_count()
        said = f"{cell.path}: found {unknown:,} draws without a reason why they ended"
        raise SourceError(f"{said}; allowed: a column `finish`, or imported.ends: unknown")
    longest = int(side.tokens.drop_nulls().to_numpy().max(initial=0))
    if longest > cap:
        said = f"{cell.path}: found a completion of {longest:,} tokens"
        raise SourceError(f"{said}; allowed: sampling.cap, {cap:,}")
    return side
