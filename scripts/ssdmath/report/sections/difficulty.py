"""Sections that look at each condition's best cell: difficulty, pass@k and maj@k."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Prose, Section
from ssdmath.report.figures import conditions, curves, intervals
from ssdmath.report.inputs import Material
from ssdmath.report.sections import differences


def strata(material: Material) -> Section:
    """Accuracy by stratum, every condition at its own best decoding."""
    best = conditions.best(material.cells).select("condition", "decoding")
    cells = material.cells.filter(pl.col("split") == "validation", pl.col("stratum") != "all").join(
        best, on=["condition", "decoding"], how="semi"
    )
    title = "By difficulty"
    if not cells.height:
        return Section("difficulty", title, [Prose(["The problems carry no strata."])])
    rows = conditions.pooled(cells, ["accuracy", "lo", "hi"])
    base = rows.filter(pl.col("condition") == "base").sort("accuracy", descending=True)
    order = base["stratum"].to_list() or rows["stratum"].unique().sort().to_list()
    place = {stratum: i for i, stratum in enumerate(order)}
    ranked = rows.with_columns(
        place=pl.col("stratum").replace_strict(place, default=len(order), return_dtype=pl.Int64)
    ).sort("place")
    said = "; ".join(f"{row['stratum']}: {fmt.percent(row['accuracy'])}" for row in base.to_dicts())
    plot = Plot(
        id="figure-strata",
        title="Accuracy by stratum, each condition at its best decoding",
        figure=intervals.strata(ranked, material.conditions),
        reading=f"Correct answers of base. {said[0].upper()}{said[1:]}." if said else "",
        how="Bars: 95 % intervals within the stratum; strata have fewer problems than the whole. "
        "“base a-b %”: problems that base solves in so many of its draws, others than these.",
        source=material.source(material.inputs.scores),
    )
    return Section("difficulty", title, [plot, *differences.inside(material)])


def several_draws(material: Material) -> Section:
    """pass@k and maj@k of every condition at its best decoding."""
    best = conditions.best(material.cells).select("condition", "decoding")
    cells = material.cells.filter(pl.col("split") == "validation", pl.col("stratum") == "all")
    cells = cells.join(best, on=["condition", "decoding"], how="semi")
    blocks: list[Block] = []
    for name, words_for_it in (("pass", "at least one of k draws is right"), ("maj", _MAJORITY)):
        table = _over_k(cells, name, material.conditions)
        if table["k"].n_unique() < 2:
            continue
        plot = Plot(
            id=f"figure-{name}",
            title=f"{name}@k: {words_for_it}",
            figure=curves.over_k(table, f"{name}@k", material.conditions),
            reading=_gain(table, name),
            how="Unbiased, from the draws really made; k is at most half of them.",
            source=material.source(material.inputs.scores),
        )
        blocks.append(plot)
    empty = [Prose(["Too few draws a problem for any k above 1."])]
    return Section("several-draws", "Several draws: pass@k and maj@k", blocks or empty)


_MAJORITY = "the most frequent answer of k draws is right"


def _over_k(cells: pl.DataFrame, name: str, names: list[str]) -> pl.DataFrame:
    columns = [column for column in cells.columns if column.startswith(f"{name}@")]
    pooled = conditions.pooled(cells, columns)
    long = pooled.unpivot(columns, index="condition", variable_name="k").drop_nulls()
    long = long.with_columns(k=pl.col("k").str.split("@").list.last().cast(pl.Int64))
    return conditions.ranked(long.sort("k"), names).select("condition", "k", "value")


def _gain(table: pl.DataFrame, name: str) -> str:
    top = int(table["k"].max() or 1)  # type: ignore[arg-type]
    at = {
        k: dict(table.filter(pl.col("k") == k).select("condition", "value").rows())
        for k in (1, top)
    }
    said = [
        f"{condition} goes from {fmt.percent(value)} to {fmt.percent(at[top].get(condition))}"
        for condition, value in at[1].items()
        if condition == "base" or value == max(at[1].values())
    ]
    return f"From {name}@1 to {name}@{top}, {'; '.join(said)}."
