"""The section on judging: what could not be judged, and where two comparisons disagreed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Prose, Section, Table, without
from ssdmath.report.columns import count, number, words
from ssdmath.report.results import Results
from ssdmath.report.sections.traces import sides
from ssdmath.tables import parquet, schemas, statuses
from ssdmath.verification import audit

TITLE = "How the draws were judged"
SHOWN = 20  # disputed pairs of answers in the table
SLOWEST = 10
_COUNTED = ["problem", "status", "answer", "disagree"]


def verification(results: Results) -> Section:
    """Counts over every verdict of the study, and the most frequent disputed answers."""
    paths = list(results.inputs.verdicts)
    if not paths:
        return without("verification", TITLE, "The verdicts are not in this folder.")
    verdicts = pl.concat([parquet.read(path, schemas.VERDICTS).select(_COUNTED) for path in paths])
    source = results.sources("verdicts/**/*.parquet", paths)
    golds = dict(results.problems.select("id", "answer").rows())
    blocks = counted(verdicts, golds, source)
    missed = _overlooked(results, golds)
    if missed.height:
        blocks.append(Table("table-overlooked", _MISSED, OVERLOOKED, missed, _CHANCE, _SOURCE))
    return Section("verification", TITLE, [*blocks, *_slowest(results.inputs.slowest)])


def counted(verdicts: pl.DataFrame, golds: Mapping[str, str], source: str) -> list[Block]:
    """What became of all draws, and the answers on which the two comparisons disagreed."""
    blocks: list[Block] = [Prose([_counts(verdicts)])]
    disputed = audit.disagreements(verdicts, golds, limit=SHOWN)
    if disputed.height:
        title = f"Disputed answers, the {disputed.height} most frequent"
        blocks.append(Table("table-disputed", title, DISPUTED, disputed, source=source))
    return blocks


def _slowest(paths: Sequence[str]) -> list[Block]:
    """The comparisons that took longest, where the verifying jobs have logged their times."""
    times = [row for path in paths for row in json.loads(Path(path).read_text())]
    if not times:
        return []
    rows = sorted(times, key=lambda t: (t["seconds"], t["gold"], t["answer"]), reverse=True)
    note = "Comparisons that exact arithmetic could not decide, so that a worker process had to."
    source = "logs/verify_*/*.slowest.json"
    return [Table("table-slowest", "Slowest comparisons", TIMES, rows[:SLOWEST], note, source)]


def _counts(verdicts: pl.DataFrame) -> str:
    counts = dict(verdicts.group_by("status").len().rows())
    shares = [
        f"{status} {fmt.percent(counts[status] / verdicts.height)}"
        for status in statuses.STATUSES
        if status in counts
    ]
    disputed = int(verdicts["disagree"].sum())
    return (
        f"{fmt.count(verdicts.height, 'draw')} were judged: {', '.join(shares)}. The two ways of "
        "comparing an answer with the gold answer disagreed on "
        f"{fmt.count(disputed, 'draw')}."
    )


def _overlooked(results: Results, golds: dict[str, str]) -> pl.DataFrame:
    """Draws of the primary contrast that hold the gold answer and were not judged on one."""
    drawn = sides(results)
    if drawn is None:
        return pl.DataFrame()
    unjudged = pl.concat(drawn[:2]).filter(~pl.col("status").is_in(statuses.JUDGED))
    by_cell = [
        audit.overlooked(cell, cell, golds, limit=SHOWN).with_columns(
            model=pl.lit(str(cell["model"][0]))
        )
        for rows in unjudged.partition_by("model", "decoding", "cell_seed", maintain_order=True)
        for cell in [results.texts(rows, pl.col("text").str.tail(audit.TAIL))]
    ]
    return pl.concat(by_cell).head(SHOWN) if by_cell else pl.DataFrame()


DISPUTED = (*(words(name, limit=120) for name in ("gold", "answer", "status")), count("draws"))
OVERLOOKED = tuple(
    words(name, limit=160) for name in ("model", "problem", "index", "status", "gold", "tail")
)
TIMES = (
    number("processor time", "seconds", lambda seconds: f"{1000 * seconds:.0f} ms"),
    words("gold", limit=80),
    words("answer", limit=80),
)
_MISSED = "Ends with the gold answer, yet was not judged on an answer"
_CHANCE = "The number may be there by chance; check these draws for a rule that is too strict."
_SOURCE = "samples and verdicts of the primary contrast"
