"""The section on several draws per problem: pass@k and maj@k."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Section, without
from ssdmath.report.figures import conditions, lines
from ssdmath.report.results import Results

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
