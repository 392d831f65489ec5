"""The sections of the page of judged samples."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from ssdmath.imported.opening import SCORES
from ssdmath.imported.results import Judged
from ssdmath.report import format as fmt
from ssdmath.report import origin
from ssdmath.report.blocks import Block, Group, Plot, Prose, Section, Table, Traces, without
from ssdmath.report.columns import count, words
from ssdmath.report.figures import conditions, intervals, lines
from ssdmath.report.json_rows import flatten
from ssdmath.report.sections import health, several_draws, traces, verification, viewer
from ssdmath.scores.table import ALL
from ssdmath.stats.kaplan_meier import survival
from ssdmath.tables import statuses

POINTS = 60  # lengths at which a curve is drawn


def groups(judged: Judged) -> list[Group]:
    """All sections in reading order."""
    return [
        Group("Results", [_several(judged), *_strata(judged)], open={"several-draws"}),
        Group("Draws", [_ends(judged), *_beside(judged), _traces(judged), _judging(judged)]),
        Group("Record", [_unknown(judged), _provenance(judged)], open={"limits"}),
    ]


def _several(judged: Judged) -> Section:
    source = judged.source(SCORES)
    blocks = several_draws.over_k(judged.cells, judged.names, "All problems.", source)
    if not blocks:
        few = "Too few draws per problem for any k above 1: k is at most half of them."
        return without("several-draws", several_draws.TITLE, few)
    return Section("several-draws", several_draws.TITLE, blocks)


def _strata(judged: Judged) -> list[Section]:
    rows = judged.scores.filter(pl.col("stratum") != ALL).with_columns(condition="model")
    if len(judged.strata) < 2:
        return []
    rows = conditions.ranked(rows, judged.strata, "stratum")
    plot = Plot(
        id="figure-strata",
        title="Accuracy by stratum",
        figure=intervals.strata(rows, judged.names),
        reading="",
        how="Bars: 95 % intervals within the stratum. The strata stand in the order of what "
        f"{judged.names[0]} solves.",
        source=judged.source(SCORES),
    )
    return [Section("difficulty", "By stratum", [plot])]


def _ends(judged: Judged) -> Section:
    """How draws end as the verdicts have it, and how long they are where that is known."""
    shares = [
        (pl.col("status") == status).mean().alias(f"share_{status}") for status in statuses.STATUSES
    ]
    parts = [
        judged.verdicts[name].select(pl.lit(name).alias("label"), *shares) for name in judged.names
    ]
    cells = pl.concat(parts)
    unknown = [side.name for side in judged.sides if not side.knows_finish]
    also = f" It is not known which draws of {', '.join(unknown)} were cut off." * bool(unknown)
    plot = health.ends(
        cells,
        title="How the draws end",
        reading="; ".join(_ended(row) for row in cells.to_dicts()) + ".",
        how=f"One bar per side, over all its draws.{also}",
        source="verdicts/*.parquet",
    )
    return Section("health", "How draws end and how long they are", [plot, *_lengths(judged)])


def _ended(row: dict[str, float | str]) -> str:
    shares = [
        f"{status} {fmt.percent(float(row[f'share_{status}']))}"
        for status in health.NOT_ANSWERED
        if float(row[f"share_{status}"])
    ]
    return f"{row['label']}: {', '.join(shares) or 'every draw gives an answer'}"


def _lengths(judged: Judged) -> list[Block]:
    sides = [side for side in judged.sides if side.knows_finish and side.knows_tokens]
    if not sides:
        return []
    curves = [
        _running(judged.verdicts[side.name]).with_columns(condition=pl.lit(side.name))
        for side in sides
    ]
    medians = judged.cells.filter(pl.col("model").is_in([side.name for side in sides]))
    said = [
        f"{name} {'beyond the longest draw' if tokens is None else f'{tokens:,.0f}'}"
        for name, tokens in medians.select("model", "tokens_median").rows()
    ]
    share, tokens = lines.Over("share of draws", ".0%"), lines.Over("tokens", "~s")
    plot = Plot(
        id="figure-lengths",
        title="Draws that are still running after a number of tokens",
        figure=lines.lines(pl.concat(curves), judged.names, tokens, share),
        reading=f"Median tokens: {', '.join(said)}.",
        how="Kaplan-Meier, because a draw that was cut off is censored.",
        source="verdicts/*.parquet",
    )
    return [plot]


def _running(verdicts: pl.DataFrame) -> pl.DataFrame:
    ended = (verdicts["status"] != statuses.LENGTH_STOP).to_numpy()
    times, running = survival(verdicts["tokens"].to_numpy(), ended)
    points = np.unique(np.linspace(0, len(times) - 1, POINTS).round().astype(int))
    return pl.DataFrame({"x": times[points], "value": running[points]})


def _beside(judged: Judged) -> list[Section]:
    """The first comparison problem by problem."""
    if len(judged.sides) == 1:
        return []
    first = dict(zip("ab", judged.sides, strict=False))
    block = viewer.beside(
        {side: judged.draws(samples) for side, samples in first.items()},
        {side: samples.name for side, samples in first.items()},
        "the problems that both have",
        judged.problems,
        judged.strata,
        lambda draws: draws,
    )
    return [Section("problems", viewer.TITLE, [block])]


def _traces(judged: Judged) -> Section:
    examples = [
        example
        for side in judged.sides
        for example in traces.one_each(judged.draws(side), judged.problems, lambda draws: draws)
    ]
    return Section("traces", traces.TITLE, [Prose([traces.LEAD]), Traces(examples)])


def _judging(judged: Judged) -> Section:
    golds = dict(judged.problems.select("id", "answer").rows())
    verdicts = pl.concat(judged.verdicts.values())
    blocks = verification.counted(verdicts, golds, "verdicts/*.parquet")
    return Section("verification", verification.TITLE, blocks)


def _unknown(judged: Judged) -> Section:
    title = "What this page cannot show"
    return Section("limits", title, [Prose(list(_limits(judged)), listed=True)])


def _limits(judged: Judged) -> Iterator[str]:
    yield (
        "Nobody told how the sides were trained and decoded. Figures over temperatures, of choice, "
        "training, mechanism and cost are left out."
    )
    if len(judged.sides) > 1:
        yield (
            "Each side counts as one checkpoint: a difference speaks of these draws' models, not "
            "of a way of training. The comparisons are exploratory, for none was declared before "
            "its result was seen; p is corrected over all of them (Benjamini-Hochberg)."
        )
    if len(judged.sides) > 2:
        yield f"Problem by problem, only {' and '.join(judged.names[:2])} are shown."
    for side in judged.sides:
        if not side.knows_finish:
            yield (
                f"{side.name}: why draws ended is not known of all, so the share that was cut off, "
                "the accuracy of completed draws and the curve of lengths are left out."
            )
        elif not side.knows_tokens:
            yield f"{side.name}: lengths are not known of all draws, so its curve is left out."
    yield "Whether the models saw the problems before is not known."


def _provenance(judged: Judged) -> Section:
    commit = origin.commit()
    made = (
        f"This page was made by commit {commit}." if commit else "This page was made outside git."
    )
    leaves = [
        {"key": key, "value": str(value)}
        for key, value in flatten(judged.record)
        if " › files › " not in key
    ]
    blocks: list[Block] = [
        Prose([made]),
        Table(
            "table-files", "Files that were read, and tables that were written", FILES, judged.files
        ),
        Table("table-provenance", "What was recorded", RECORDED, leaves),
    ]
    return Section("provenance", "Provenance", blocks)


FILES = (
    words("file", "name"),
    words("is"),
    count("bytes"),
    words("sha256", help_="its first 16 digits"),
)
RECORDED = (words("key"), words("value"))
