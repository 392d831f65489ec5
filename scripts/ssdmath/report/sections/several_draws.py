"""The section on several draws per problem: pass@k and maj@k, over k and over tokens."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Plot, Section, Table, without
from ssdmath.report.columns import interval, number, points, words
from ssdmath.report.figures import conditions, lines, votes
from ssdmath.report.results import Results
from ssdmath.tables import chosen, derived_schemas

TITLE = "Several draws: pass@k and maj@k"
METRICS = {
    "pass": "at least one of k draws is correct",
    "maj": "the most frequent answer of k draws is correct",
}


def several_draws(results: Results) -> Section:
    """pass@k and maj@k of every condition at its best decoding."""
    best = conditions.best(results.cells).select("condition", "decoding")
    cells = results.all_strata("validation").join(best, on=["condition", "decoding"], how="semi")
    columns = [c for c in cells.columns if c.startswith(tuple(f"{name}@" for name in METRICS))]
    means = conditions.pooled(cells, columns)
    how = "Validation problems, each condition at its best decoding."
    blocks = over_k(means, results.conditions, how, results.source(results.inputs.scores))
    blocks += [*_at_equal_tokens(results), *_budgets(results)]
    if not blocks:
        return without("several-draws", TITLE, "Too few draws per problem for any k above 1.")
    return Section("several-draws", TITLE, blocks)


def over_k(means: pl.DataFrame, names: list[str], how: str, source: str) -> list[Block]:
    """A plot of each metric that has several k. `means`: condition, and a column per metric and k.

    `how` says what the conditions are.
    """
    blocks: list[Block] = []
    for name, meaning in METRICS.items():
        table = _over_k(means, name, names)
        if table["k"].n_unique() < 2:
            continue
        plot = Plot(
            id=f"figure-{name}",
            title=f"{name}@k: {meaning}",
            figure=lines.over_k(table, f"{name}@k", names),
            reading=_gain(table, name),
            how=f"{how} Unbiased estimates from the draws of each problem; k is at most half of "
            "them.",
            source=source,
        )
        blocks.append(plot)
    return blocks


def _over_k(means: pl.DataFrame, name: str, names: list[str]) -> pl.DataFrame:
    columns = [column for column in means.columns if column.startswith(f"{name}@")]
    long = means.unpivot(columns, index="condition", variable_name="k").drop_nulls()
    long = long.with_columns(k=pl.col("k").str.split("@").list.last().cast(pl.Int64))
    return conditions.ranked(long.sort("k"), names).select("condition", "k", "value")


def _gain(table: pl.DataFrame, name: str) -> str:
    """What base and the best condition at k = 1 reach at the largest k."""
    top = int(table["k"].max() or 1)  # type: ignore[arg-type]
    first, last = (
        dict(table.filter(pl.col("k") == k).select("condition", "value").rows()) for k in (1, top)
    )
    changes = [
        f"{condition} goes from {fmt.percent(value)} to {fmt.percent(last.get(condition))}"
        for condition, value in first.items()
        if condition == BASE or value == max(first.values())
    ]
    return f"From {name}@1 to {name}@{top}, {'; '.join(changes)}."


def _at_equal_tokens(results: Results) -> list[Block]:
    """Accuracy against tokens per problem, where the study has the table and several draws."""
    path = results.inputs.votes
    if path is None:
        return []
    table = results.read(path, derived_schemas.VOTES)
    table = table.filter(pl.col("tokens").is_finite())  # of imported draws it may not be known
    if table["k"].n_unique() < 2:
        return []
    table = conditions.ranked(_placed(results, table), results.conditions)
    plots = [
        (
            f"{name}@k: {meaning}",
            votes.over_tokens(table.filter(metric=name), f"{name}@k", results.conditions),
        )
        for name, meaning in METRICS.items()
    ]
    panels = Panels(
        id="figure-votes",
        title="Accuracy against tokens per problem",
        plots=plots,
        reading=_spent(table.filter(metric="maj")),
        how="Test problems, each condition at its best decoding; dashed: base at its default where "
        "that is another. Each point is a number k of draws, from one draw on the left to all of "
        "them; tokens are k times those that a draw takes, with a power those of all its moves. "
        "Compare conditions above the same number of tokens. Bars: 95 % intervals over problems, "
        "and over runs where there are several. A contrast with a budget tests the difference at "
        "equal tokens.",
        source=results.source(path),
    )
    return [panels]


def _budgets(results: Results) -> list[Block]:
    """The declared contrasts at a budget of tokens, with what it bought each side."""
    names = [contrast.name for contrast in results.study.contrasts if contrast.budget]
    rows = results.contrasts.filter(pl.col("contrast").is_in(names))
    if not rows.height:
        return []
    source = results.source(results.inputs.contrasts)
    return [Table("table-budgets", "Declared contrasts at equal tokens", BUDGETS, rows, "", source)]


BUDGETS = (
    words("contrast"),
    words("verdict"),
    points("difference, points", "delta"),
    interval(),
    number("p", "p", fmt.probability),
    words("votes and tokens", "note"),
)


def _placed(results: Results, table: pl.DataFrame) -> pl.DataFrame:
    """The table with each row's condition, and whether it is at its best decoding or its default.

    The default of base is marked where base chose another decoding.
    """
    first = pl.col("models").str.split(",").list.first()
    named = results.cells.select("model", "arm", "condition").unique()  # composed is base as well
    best = chosen.winner(results.chosen["arms"], BASE).decoding
    by_default = (pl.col("arm") == BASE) & (pl.col("decoding") != best)
    at = pl.when(by_default).then(pl.lit(votes.DEFAULT)).otherwise(pl.lit(votes.BEST))
    return table.with_columns(model=first, at=at).join(named, on=["model", "arm"], how="left")


def _spent(table: pl.DataFrame) -> str:
    """What one draw and a vote of all draws cost and reach: base, and the best of the others."""
    curves = {
        name: rows.sort("k")
        for name, rows in table.group_by("condition", "at", maintain_order=True)
    }
    others = [name for name in curves if name[0] != BASE]
    best = max(others, key=lambda name: curves[name]["value"][-1], default=None)
    parts = []
    for condition, at in (name for name in curves if name[0] == BASE or name == best):
        rows = curves[condition, at]
        where = f" at its {at}" if at == votes.DEFAULT else ""
        one, every = (
            f"{fmt.percent(row['value'])} for {row['tokens']:,.0f} tokens"
            for row in (rows.row(0, named=True), rows.row(-1, named=True))
        )
        parts.append(f"{condition}{where} {one} with one draw, {every} with {rows['k'][-1]}")
    beside = "" if best is None else " of base and of the best other condition"
    return f"Majority votes{beside}: {'; '.join(parts)}."
