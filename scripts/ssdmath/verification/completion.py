"""What a verdict needs of each draw: how it ended, the content of its box, and its health.

The text itself is not kept: 100,000 traces of 48,000 tokens do not fit in memory.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from ssdmath.answers.boxed import BOX, CLOSED, THINK, judged_part, last_box
from ssdmath.tables import parquet, schemas, statuses
from ssdmath.verification import text_signals

SLICE = 1024  # draws held as text at a time when a cell is read from its file
_READ = ["problem", "index", "token_ids", "text", "finish"]
ENDINGS = pl.Schema(
    {
        **{name: kind for name, kind in schemas.VERDICTS.items() if name in (
            "problem", "index", "tokens", "think_closed", "boxed", "loop", "markers")},
        "status": pl.String(),  # decided without the answer, else null
        "content": pl.String(),  # of the box, where the answer decides
    }
)  # fmt: skip


def slices(path: str | Path, columns: Sequence[str] = _READ) -> Iterator[pl.DataFrame]:
    """Columns of a SAMPLES file (what a verdict needs), 1,024 draws at a time; TableError."""
    scan = pl.scan_parquet(path, glob=False)
    try:
        rows = scan.select(pl.col(columns).len()).collect().row(0)[0]
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise parquet.TableError(f"{path}: not a table of samples ({reason})") from None
    scan = scan.select(columns)
    for start in range(0, max(rows, 1), SLICE):
        yield scan.slice(start, SLICE).collect()


def look(samples: pl.DataFrame, thinking: bool) -> pl.DataFrame:
    """What the verdict of each draw needs, without its text."""
    endings = [
        _ending(text, finish, thinking)
        for text, finish in samples.select("text", "finish").iter_rows()
    ]
    looks = pl.DataFrame(
        endings,
        schema={
            name: ENDINGS[name] for name in ("status", "content", "think_closed", "boxed", "loop")
        },
        orient="row",
    )
    counts = samples.select(
        "problem",
        "index",
        pl.col("token_ids").list.len().cast(pl.Int32).alias("tokens"),
        text_signals.markers(pl.col("text")).alias("markers"),
    )
    return counts.hstack(looks).select(ENDINGS.names())


def _ending(
    text: str, finish: str, thinking: bool
) -> tuple[str | None, str | None, bool, bool, bool]:
    """Status where the answer does not matter, else the content of the box; and health."""
    opened = thinking or THINK in text
    closed = CLOSED in text
    part = judged_part(text)
    boxed = BOX in part
    status = content = None
    if finish == "length":
        status = statuses.LENGTH_STOP
    elif opened and not closed:
        status = statuses.UNCLOSED_THINK
    elif not boxed:
        status = statuses.NO_BOX
    else:
        content = last_box(part)
        status = statuses.PARSE_FAIL if content is None else None
    return status, content, closed or not opened, boxed, text_signals.loops(text)
