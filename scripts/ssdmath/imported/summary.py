"""The summary of judged samples in Markdown: what was found, scores, contrasts, what is unknown."""

from collections.abc import Iterator, Sequence

import polars as pl

from ssdmath.imported import mapping
from ssdmath.imported.results import Judged
from ssdmath.imported.samples import Side
from ssdmath.report import format as fmt
from ssdmath.tables import markdown, statuses

_SHARES = ("wrong", "no_box", "unclosed_think", "length_stop", "parse_fail", "timeout")


def text(judged: Judged) -> str:
    """The page; accuracies and shares in percent, differences in points."""
    sides, problems, contrasts = judged.sides, judged.problems.height, judged.contrasts
    parts = [
        "# Judged samples",
        _counts(sides, problems),
        "Accuracy: correct among all draws, with its 95 % interval over problems. Then how draws "
        "ended, in percent of all draws.",
        _scores(judged.cells),
    ]
    if contrasts.height:
        parts += [
            "Differences in accuracy, paired by problem, in points with 95 % intervals. p is "
            "corrected over the rows (Benjamini-Hochberg). Each side counts as one checkpoint.",
            _contrasts(contrasts),
        ]
    listed = "\n".join(f"- {line}" for line in notes(sides, problems))
    return "\n\n".join([*parts, listed] if listed else parts) + "\n"


def _counts(sides: Sequence[Side], problems: int) -> str:
    rows = [
        [
            side.name,
            len(side.files),
            side.frame["problem"].n_unique(),
            problems,
            side.frame.height,
            len(side.misses),
        ]
        for side in sides
    ]
    header = ["side", "files", "problems found", "of", "draws", "rows of unknown problems"]
    return markdown.table(header, rows)


def _scores(cells: pl.DataFrame) -> str:
    rows = [
        [
            row["model"],
            f"{_percent(row['accuracy'])} [{_percent(row['lo'])}, {_percent(row['hi'])}]",
            *(_percent(row[f"share_{status}"]) for status in _SHARES),
        ]
        for row in cells.iter_rows(named=True)
    ]
    assert {statuses.CORRECT, *_SHARES} == set(statuses.STATUSES)
    return markdown.table(["side", "accuracy", *_SHARES], rows)


def _contrasts(contrasts: pl.DataFrame) -> str:
    rows = [
        [
            row["contrast"],
            row["problems"],
            markdown.points(row),
            f"{row['p_bh']:.3f}" if row["p_bh"] >= 0.001 else "< 0.001",
            row["verdict"],
        ]
        for row in contrasts.iter_rows(named=True)
    ]
    header = ["comparison", "problems", "points", "p", "verdict"]
    notes = [f"{row['contrast']}: {row['note']}." for row in contrasts.iter_rows(named=True)]
    return "\n\n".join([markdown.table(header, rows, "lrrrl"), *notes])


def notes(sides: Sequence[Side], problems: int) -> Iterator[str]:
    """What limits the numbers of these sides: missing draws, unknown ends, limits of length."""
    if (cut := _cut(sides)) and cut[0] < cut[1]:
        yield (
            f"Draws were cut off after {cut[0]:,} to {cut[1]:,} tokens: with unequal limits of "
            "length an accuracy says something about the limit too."
        )
    for side in sides:
        if (found := side.frame["problem"].n_unique()) < problems:
            none = f"{problems - found} of {problems} problems have no sample"
            yield f"{side.name}: {none}; they count nowhere."
        counts = side.frame.group_by("problem").len()["len"].sort()
        if counts[0] < counts[-1]:
            yield f"{side.name}: problems have between {counts[0]} and {counts[-1]} draws."
        if side.misses:
            rows = fmt.count(len(side.misses), "row")
            yield f"{side.name}: left out {rows}; the first: {side.misses[0]}."
        if side.faults:
            yield (
                f"{side.name}: samples without a completion, which count nowhere: "
                f"{len(side.faults)}; the first: {side.faults[0]}."
            )
        if not side.knows_finish:
            yield (
                f"{side.name}: it is not known which draws were cut off. A cut draw counts as "
                "what its text looks like, mostly no_box or unclosed_think, or as correct."
            )


def _cut(sides: Sequence[Side]) -> list[int]:
    """The shortest and the longest draw that was cut off; empty where none is known."""
    parts = [
        side.tokens.filter(side.frame["finish"] == mapping.LENGTH).drop_nulls() for side in sides
    ]
    tokens = pl.concat(parts).sort()
    return [int(tokens[0]), int(tokens[-1])] if len(tokens) else []


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{100 * share:.1f}"
