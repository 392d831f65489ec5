"""The section on rounds: accuracy, entropy and support of each round, from base on."""

from collections.abc import Iterator

import polars as pl

from ssdmath.config.names import BASE, Model
from ssdmath.config.study import Study
from ssdmath.mechanism.panels import ENTROPY, SURVIVORS
from ssdmath.mechanism.schemas import GEOMETRY
from ssdmath.report import deltas
from ssdmath.report.blocks import Block, Panels, Section, Table
from ssdmath.report.columns import count, decimal, percent, words
from ssdmath.report.figures import conditions, lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.results import Results

BEST, DEFAULT, ANSWERS = "accuracy, best decoding", "accuracy, default decoding", "answers"
FIGURES = {
    BEST: ("Accuracy, each at its best decoding", Over("accuracy", ".0%")),
    DEFAULT: ("Accuracy at the default decoding", Over("accuracy", ".0%")),
    ANSWERS: ("Different answers to a problem", Over("answers")),
    ENTROPY: ("Entropy of the next token", Over("nats")),
    SURVIVORS: ("Tokens that survive the filter", Over("tokens")),
}
_CHAINS = {"chain": pl.Int64, "round": pl.Int64, "arm": pl.String, "train_decoding": pl.String}
_AT_ONE = "after the filter at T_eval = 1, held-out contexts"
COLUMNS = (
    words("chain", help_="named after its last round"),
    count("round", help_="trainings between base and the model"),
    words("condition"),
    percent("best decoding", lambda row: row.get(BEST), "accuracy on validation problems"),
    percent("default decoding", lambda row: row.get(DEFAULT), "accuracy on validation problems"),
    decimal("different answers", lambda row: row.get(ANSWERS), "to a problem, default decoding", 2),
    decimal("entropy", lambda row: row.get(ENTROPY), f"nats per token {_AT_ONE}"),
    decimal("support", lambda row: row.get(SURVIVORS), f"tokens that are left {_AT_ONE}", 2),
)


def rounds(results: Results) -> list[Section]:
    """One line per chain of rounds, from base to its last arm; no section without rounds."""
    table = by_round(results)
    if not table.height:
        return []
    source = results.source(results.inputs.scores, results.inputs.geometry)
    shown = [
        dict(zip(("chain", "round", "condition"), key, strict=True))
        | dict(rows.select("measure", "value").iter_rows())
        for key, rows in table.group_by("chain", "round", "condition", maintain_order=True)
    ]
    blocks: list[Block] = [
        _figures(results, table, source),
        Table("table-rounds", "Round by round", COLUMNS, shown, source=source),
    ]
    return [Section("rounds", "Round after round", blocks)]


def by_round(results: Results) -> pl.DataFrame:
    """One row per chain, round and measure (of FIGURES): value, with lo and hi where known.

    A round's model is the last checkpoint of its arm, from which the next round starts; accuracies
    and answers are means over the runs, entropy and support those of the examined run.
    """
    rows = [
        (number, at, arm, decoding)
        for number, chain in enumerate(chains_of(results.study))
        for at, (arm, decoding) in enumerate(chain)
    ]
    chains = pl.DataFrame(rows, schema=_CHAINS, orient="row")
    last = pl.col("step").is_in(results.study.steps[-1:])
    cells = results.all_strata("validation").filter(last | (pl.col("arm") == BASE))
    recipes = cells.select("arm", "train_decoding", "condition").unique()
    named = chains.join(recipes, on=["arm", "train_decoding"], nulls_equal=True)
    named = named.with_columns(chain=pl.col("condition").sort_by("round").last().over("chain"))
    measured = pl.concat([_of_answers(results, cells), *_of_tokens(results, cells)])
    table = named.join(measured, on="condition").sort("chain", "round", maintain_order=True)
    return table.drop("arm", "train_decoding")


def chains_of(study: Study) -> Iterator[list[tuple[str, str | None]]]:
    """Each chain from base to a round that teaches no other: pairs of arm and decoding."""
    base: tuple[str, str | None] = (BASE, None)
    before: dict[tuple[str, str | None], tuple[str, str | None]] = {}
    for run in study.runs:  # the chains of all seeds are the same
        teacher = Model.parse(study.teacher(run))
        before[run.arm, run.decoding] = (teacher.arm, teacher.train_decoding)
    taught = set(before.values())
    for last in (recipe for recipe in before if recipe not in taught):
        chain = [last]
        while chain[0] != base:
            chain.insert(0, before[chain[0]])
        if len(chain) > 2:  # base, an arm and a further round
            yield chain


def _of_answers(results: Results, cells: pl.DataFrame) -> pl.DataFrame:
    """Accuracy at two decodings and the number of different answers, by condition."""
    default = cells.filter(decoding=results.study.evaluation.default)
    pooled = conditions.pooled(default, ["accuracy", "lo", "hi", "distinct_answers"])
    nothing = pl.lit(None, dtype=pl.Float64)
    answers = pooled.with_columns(accuracy="distinct_answers", lo=nothing, hi=nothing)
    parts = {BEST: conditions.best(cells), DEFAULT: pooled, ANSWERS: answers}
    return pl.concat(
        part.select("condition", pl.lit(measure).alias("measure"), *_numbers("accuracy"))
        for measure, part in parts.items()
    )


def _of_tokens(results: Results, cells: pl.DataFrame) -> list[pl.DataFrame]:
    """Entropy and support after the filter, by condition, where the mechanism was examined."""
    if results.inputs.geometry is None:
        return []
    table = deltas.named(results, results.read(results.inputs.geometry, GEOMETRY)).filter(
        pl.col("model").is_in(cells["model"].implode()),
        pl.col("panel").is_in([ENTROPY, SURVIVORS]),
        x=1,
        stratum="all",
    )
    first = table.unique(["condition", "panel"], keep="first", maintain_order=True)
    return [first.select("condition", pl.col("panel").alias("measure"), *_numbers("value"))]


def _numbers(value: str) -> list[pl.Expr]:
    return [pl.col(value).alias("value"), pl.col("lo"), pl.col("hi")]


def _figures(results: Results, table: pl.DataFrame, source: str) -> Panels:
    frame = table.with_columns(condition="chain", x=pl.col("round").cast(pl.Float64))
    present = [name for name in FIGURES if name in set(table["measure"])]
    names, at = results.conditions, Over("round", "d")
    plots = [
        (title, lines.lines(frame.filter(measure=name), names, at, over))
        for name, (title, over) in FIGURES.items()
        if name in present
    ]
    return Panels(
        id="figure-rounds",
        title="Round after round: accuracy, entropy and support",
        plots=plots,
        reading=" ".join(_reading(table, name) for name in present),
        how="Round 0 is base; each further round samples from the last checkpoint of the one "
        "before it and trains that checkpoint on these samples. Where answers and tokens run "
        "out while accuracy does not rise, the model collapses. Bands: 95 % intervals over "
        "problems.",
        source=source,
    )


def _reading(table: pl.DataFrame, measure: str) -> str:
    """A measure in every round of every chain: `Entropy of the next token: base 0.52, ssd 0.41`."""
    title, over = FIGURES[measure]
    write = "{:.1%}".format if over.format.endswith("%") else "{:.2f}".format
    chains = []
    for _, rows in table.filter(measure=measure).group_by("chain", maintain_order=True):
        pairs = rows.select("condition", "value").iter_rows()
        chains.append(", ".join(f"{name.split()[0]} {write(value)}" for name, value in pairs))
    return f"{title}: {'; '.join(chains)}."
