"""The first screen: the question, the answer, its possible causes, and what study this is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ssdmath.contrasts.declared import Side
from ssdmath.report import format as fmt
from ssdmath.report import phrases
from ssdmath.report.blocks import Block, Column, Plot, Row, Table
from ssdmath.report.columns import count, interval, number, points, words
from ssdmath.report.figures import conditions, intervals
from ssdmath.report.phrases import Phrase, Piece
from ssdmath.report.results import Results
from ssdmath.report.sections import before_after, caveats, glossary, study_card

QUESTION = "Does simple self-distillation help a model at competition math?"
SMALL_QUESTION = "Does simple self-distillation help this small model?"
RELEASED_QUESTION = "Do released checkpoints solve more problems than their base?"
DECODING_QUESTION = "With which decoding does this model solve the most problems?"
DECLARED = "Declared contrasts"
CAUSES = "Possible causes of a gain"
VERDICT = (
    "Difference in accuracy in percentage points, first side minus second. The verdict is that of "
    "the contrast table: better, worse, no difference larger than d shown, or undecided."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the first screen shows."""

    question: str
    kind: str  # what kind of model this is, where that limits the answer
    headline: str
    sentence: Phrase
    notes: list[str]
    primary: Plot | None
    causes: Plot | None
    why: Plot | None  # what training changed at forks and locks, where they are known
    blocks: list[Block]  # below the first screen
    verdicts: list[tuple[str, str, Phrase, str]]  # contrast, its meaning, its numbers, its verdict
    card: list[tuple[str, str]]
    terms: list[tuple[str, str]]  # the words of the report, explained
    source: str
    controls: list[tuple[str, str, str, Phrase]]  # state, contrast, its meaning, its numbers
    warnings: list[str]

    @property
    def every_block(self) -> list[Block]:
        """The blocks of the first section in the order of the page."""
        plots = (self.primary, self.causes, self.why)
        return [*(plot for plot in plots if plot), *self.blocks]


def opening(results: Results) -> Opening:
    """The first screen of a study."""
    row = results.primary
    table, title, source = causes(results)
    declared = results.source(results.inputs.contrasts)
    blocks: list[Block] = [contrast_table(table, "causes", title, source)] * bool(table.height)
    if title != DECLARED:
        blocks.append(contrast_table(results.contrasts, "contrasts", DECLARED, declared))
    kind = study_card.laboratory(results)
    return Opening(
        question=_question(results, small=bool(kind)),
        kind=kind,
        headline="No verdict" if row is None else phrases.headline(row),
        sentence=[Piece("This study declares no primary contrast.")]
        if row is None
        else phrases.answer(row, [_accuracy(results, row, side) for side in ("a", "b")]),
        notes=[*([] if row is None else _notes(row)), *study_card.world(results)],
        primary=None if row is None else _primary(row, declared),
        causes=_causes(table, title, source),
        why=before_after.before_after(results),
        blocks=[*blocks, *_tested(results)],
        verdicts=[
            (e["contrast"], e.get("meaning") or "", phrases.numbers(e), e["verdict"])
            for e in table.to_dicts()
        ],
        card=study_card.card(results),
        terms=glossary.terms(results),
        source=declared,
        controls=caveats.control_states(results),
        warnings=caveats.warnings(results),
    )


def _question(results: Results, *, small: bool) -> str:
    if results.study.runs:
        return SMALL_QUESTION if small else QUESTION
    return RELEASED_QUESTION if results.study.released else DECODING_QUESTION


def _notes(row: Row) -> list[str]:
    """What the primary contrast's verdict rests on, in sentences."""
    note, sd, mde = str(row["note"] or "").rstrip("."), row["sd_between_runs"], row["mde80"]
    notes = [phrases.needed(row), f"{note[:1].upper()}{note[1:]}." if note else ""]
    if sd is not None:
        notes.append(
            f"In this contrast alone the runs' differences have an sd of {100 * sd:.1f} points."
        )
    if mde is not None:
        notes.append(
            f"This design detects a true difference of {100 * mde:.1f} points with 80 % power."
        )
    return [note for note in notes if note]


def _primary(row: Row, source: str) -> Plot:
    """The primary contrast, drawn large."""
    return Plot(
        id="figure-primary",
        title=f"{row['contrast']} ({row['split']} problems)",
        figure=intervals.single(pl.DataFrame([row]), *(phrases.arm(row[side]) for side in "ab")),
        reading="",
        source=source,
    )


def _accuracy(results: Results, row: Row, side: str) -> float | None:
    """The accuracy of one side of a contrast, mean over its runs; None if a cell has no score.

    None as well where the side votes at a budget, for scores are of single draws.
    """
    if any(c.name == row["contrast"] and c.budget for c in results.study.contrasts):
        return None
    of = Side.parse(row[side])
    cells = results.all_strata(row["split"]).filter(
        pl.col("model").is_in(of.models), decoding=of.decoding
    )
    return float(cells["accuracy"].to_numpy().mean()) if cells.height == len(of.models) else None


def causes(results: Results) -> tuple[pl.DataFrame, str, str]:
    """The attribution table if the study has one, else its contrasts; its title and source."""
    path = results.inputs.attribution
    table = pl.DataFrame() if path is None else results.read(path)
    if path is None or not table.height:
        return results.contrasts, DECLARED, results.source(results.inputs.contrasts)
    numbered = pl.format("{}. {}", "step", "cause")
    named = pl.when(pl.col("step").is_not_null()).then(numbered).otherwise("cause")
    table = table.with_columns(contrast=named).drop("cause")
    return table, CAUSES, results.source(path)


def _causes(table: pl.DataFrame, title: str, source: str) -> Plot | None:
    if not table.height:
        return None
    return Plot(
        id="figure-causes",
        title=f"{title} ({' and '.join(table['split'].unique().sort())} problems)",
        figure=intervals.differences(table),
        reading=reading(table),
        how=f"Dot: estimate. Bar: 95 % interval. Left of the dashed line, the second side is ahead."
        f"{' The numbered steps add up to the total.' if 'step' in table.columns else ''}",
        source=source,
    )


def reading(table: pl.DataFrame) -> str:
    """Which intervals of a table of contrasts exclude zero, in a sentence."""
    clear = table.filter((pl.col("lo") > 0) | (pl.col("hi") < 0))["contrast"].to_list()
    if table.height == 1:
        return f"The interval {'excludes' if clear else 'does not exclude'} zero."
    if not clear:
        return f"None of the {table.height} intervals excludes zero."
    verb = "excludes" if len(clear) == 1 else "exclude"
    return f"{len(clear)} of {table.height} intervals {verb} zero: {', '.join(clear)}."


def _tested(results: Results) -> list[Block]:
    """The accuracies behind the contrasts, where the test split has been sampled."""
    cells = results.all_strata("test")
    if not cells.height:
        return []
    names = results.conditions
    means = conditions.pooled(cells)
    rows = conditions.ranked(means, names).with_columns(
        label=pl.format("{} at {}", "condition", "decoding")
    )
    rates = [f"{row['label']} {fmt.percent(row['accuracy'])}" for row in rows.to_dicts()]
    plot = Plot(
        id="figure-test",
        title="Accuracy on the test problems",
        figure=intervals.rates(rows, names),
        reading=f"{'; '.join(rates)}.",
        how="Only the chosen cells and the declared baselines were sampled on test. Mean over "
        "training runs. Overlapping intervals do not rule out a difference, because the contrasts "
        "are paired by problem.",
        source=results.source(results.inputs.scores),
    )
    return [plot]


def contrast_table(table: pl.DataFrame, name: str, title: str, source: str) -> Table:
    """Every contrast with its verdict, interval, p-values and size."""
    return Table(f"table-{name}", f"{title}, in numbers", CONTRAST, table, VERDICT, source)


def _corrected(row: Row) -> Any:
    return row["p_bh"] if row["p_holm"] is None else row["p_holm"]


CONTRAST: Sequence[Column] = (
    words("contrast"),
    words("verdict"),
    points("difference, points", "delta"),
    interval(),
    number("p", "p", fmt.probability),
    number(
        "p, corrected",
        _corrected,
        fmt.probability,
        "Holm for the primary and confirmatory families, Benjamini-Hochberg for the exploratory "
        "and null ones; of a primary contrast with declared looks, for all of them",
    ),
    points("MDE, points", "mde80", "true difference that is detected with 80 % power", plus=False),
    count("problems"),
    count("runs", help_="training runs of the side that has fewer"),
    words("split"),
    words("family"),
)
