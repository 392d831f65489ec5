"""Sections over temperature: accuracy against T_eval, T_train x T_eval, and T_eff."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Plot, Prose, Section
from ssdmath.report.figures import conditions, curves, intervals
from ssdmath.report.figures.figure import Figure, span
from ssdmath.report.inputs import Material
from ssdmath.report.sections import differences


def sweep(material: Material, split: str = "validation") -> pl.DataFrame:
    """The cells of the evaluation sweep with the most temperatures, all strata together."""
    cells = material.cells.filter(pl.col("split") == split, pl.col("stratum") == "all")
    return (
        cells.filter(pl.col("eval_group") == conditions.sweep_group(cells))
        if cells.height
        else cells
    )


def overview(material: Material) -> Figure:
    """Accuracy against T_eval for base and every condition: the figure of the README too."""
    return curves.accuracy(sweep(material), material.conditions, _beside(material))


def _beside(material: Material) -> pl.DataFrame:
    """Of base, and of the best trained condition, the best cell that no curve goes through."""
    cells = material.cells.filter(pl.col("split") == "validation", pl.col("stratum") == "all")
    group = conditions.sweep_group(cells) if cells.height else ""
    off = conditions.best(cells.filter(pl.col("eval_group") != group))
    base = pl.col("condition") == "base"
    best = [off.filter(one).head(1) for one in (base, ~base)]
    return pl.concat(best).select("condition", "decoding", "accuracy", "lo", "hi")


def accuracy(material: Material) -> Section:
    """Accuracy against T_eval: all conditions together, then each against base."""
    cells, names = sweep(material), material.conditions
    title = "Accuracy over the evaluation temperature"
    if not cells.height:
        return Section("accuracy", title, [Prose(["The validation split was not sampled."])])
    source = material.source(material.inputs.scores)
    blocks: list[Block] = [
        Plot(
            id="figure-accuracy",
            title="Base and every condition on the validation problems",
            figure=overview(material),
            reading=_peaks(cells) + _dashed(_beside(material)),
            how="Line and large mark: mean over training seeds. Small marks: single training runs. "
            "Band: mean of the runs' 95 % intervals. Dashed: what base and the best trained "
            "condition reach with another truncation.",
            source=source,
        )
    ]
    trained = [name for name in names if name in set(cells["condition"]) and name != "base"]
    if trained:
        panels = [(name, curves.against_base(cells, name, names)) for name in trained]
        blocks.append(
            Panels(
                id="figure-panels",
                title="Each condition against base, run by run",
                plots=panels,
                reading=_above(cells),
                how="Grey: base. Colour: one line a training run. Bands: 95 % intervals.",
                source=source,
            )
        )
    return Section("accuracy", title, [*blocks, *differences.along(material)])


def _dashed(beside: pl.DataFrame) -> str:
    said = [
        f"{row['condition']} {fmt.percent(row['accuracy'])} "
        f"{fmt.interval(row['lo'], row['hi'])} at {row['decoding']}"
        for row in beside.iter_rows(named=True)
    ]
    return f" With another truncation: {', '.join(said)}." if said else ""


def _peaks(cells: pl.DataFrame) -> str:
    ranked = conditions.pooled(cells, ["accuracy", "lo", "hi"]).sort(
        "accuracy", "t_eval", descending=[True, False]
    )
    base = ranked.filter(pl.col("condition") == "base").head(1).to_dicts()
    best = ranked.filter(pl.col("condition") != "base").head(1).to_dicts()
    said = [_peak("Base", row) for row in base]
    said += [_peak(f"the best trained condition, {row['condition']},", row) for row in best]
    sentence = "; ".join(said) + "."
    if base and best:
        overlap = best[0]["lo"] <= base[0]["hi"] and base[0]["lo"] <= best[0]["hi"]
        sentence += " Their intervals overlap." if overlap else " Their intervals do not overlap."
        sentence += " These peaks were picked after the fact; the contrasts above are the test."
    return sentence


def _peak(name: str, row: dict[str, float]) -> str:
    rate = f"{fmt.percent(row['accuracy'])} {fmt.interval(row['lo'], row['hi'])}"
    return f"{name} peaks at T_eval = {row['t_eval']:g} with {rate}"


def _above(cells: pl.DataFrame) -> str:
    pooled = conditions.pooled(cells, ["accuracy", "lo", "hi"])
    base = pooled.filter(pl.col("condition") == "base").select("decoding", pl.col("accuracy", "hi"))
    pairs = pooled.filter(pl.col("condition") != "base").join(base, on="decoding", suffix="_base")
    above = pairs.filter(pl.col("accuracy") > pl.col("accuracy_base")).height
    outside = pairs.filter(pl.col("accuracy") > pl.col("hi_base")).height
    return (
        f"Trained is above base in {above} of {pairs.height} pairs of condition and temperature, "
        f"and above the upper end of base's interval in {outside}."
    )


def composition(material: Material) -> Section:
    """T_train x T_eval, and whether the two multiply to one effective temperature (method.md 6)."""
    cells = sweep(material)
    trained = cells.filter(pl.col("t_train").is_not_null())
    if not trained.height:
        return Section("composition", _COMPOSE, [Prose(["No trained cells: nothing to compose."])])
    return Section("composition", _COMPOSE, [_heat(material, cells), _effective(material, trained)])


_COMPOSE = "Does temperature compose?"


def _heat(material: Material, cells: pl.DataFrame) -> Panels:
    pooled = conditions.pooled(cells, ["accuracy", "lo", "hi"])
    domain = span(pooled, ["accuracy"])
    base = pooled.filter(pl.col("condition") == "base").with_columns(train=pl.lit("base"))
    trained = pooled.filter(pl.col("t_train").is_not_null())
    keys = trained.select("arm", "train_group").unique().sort("arm", "train_group").rows()
    panels = []
    for arm, group in keys:
        rows = trained.filter(pl.col("arm") == arm, pl.col("train_group") == group)
        rows = rows.sort("t_train", "t_eval").with_columns(train=_train_label(rows))
        panels.append((f"{arm}, {group}", intervals.heat(pl.concat([base, rows]), domain)))
    top = trained.sort("accuracy", "t_eval", descending=[True, False]).row(0, named=True)
    spread = float(trained["accuracy"].max() or 0) - float(trained["accuracy"].min() or 0)  # type: ignore[arg-type]
    reading = (
        f"The highest trained cell is {top['condition']} at T_eval = {top['t_eval']:g} with "
        f"{fmt.percent(top['accuracy'])}; trained cells span {100 * spread:.1f} points."
    )
    return Panels(
        id="figure-heat",
        title="T_train × T_eval",
        plots=panels,
        reading=reading,
        how="Rows: synthesis temperature, base on top. Columns: evaluation temperature. One panel "
        "an arm and truncation of the synthesis; darker is more accurate, on one scale.",
        source=material.source(material.inputs.scores),
    )


def _train_label(rows: pl.DataFrame) -> pl.Expr:
    several = rows.group_by("t_train").agg(n=pl.col("condition").n_unique())["n"].max()
    plain = pl.format("{}", pl.col("t_train").map_elements(lambda t: f"{t:g}", pl.String))
    return pl.col("condition") if several != 1 else plain


def _effective(material: Material, trained: pl.DataFrame) -> Panels:
    path = material.inputs.temperature
    fits = material.read(path) if path else pl.DataFrame(schema=_FITS)
    group = str(trained["eval_group"][0])
    panels, readings = [], []
    for train_group in trained["train_group"].unique().sort().to_list():
        points = trained.filter(pl.col("train_group") == train_group)
        fit = fits.filter(_named("train_truncation", train_group), _named("eval_truncation", group))
        panels.append((train_group, curves.effective(points, fit, material.conditions)))
        several = fit.height > 1
        readings += [_fit(train_group, row, several=several) for row in fit.to_dicts()]
    return Panels(
        id="figure-effective",
        title="Accuracy against T_eff = T_train × T_eval",
        plots=panels,
        reading=" ".join(readings) or "No quadratic was fitted in this study.",
        how="One panel a truncation of the synthesis. If temperature composes, all its points "
        "lie on one curve. Bars: 95 % intervals; dashed: the quadratic.",
        source=material.source(material.inputs.scores, path),
    )


_FITS = {
    "train_truncation": pl.String,
    "eval_truncation": pl.String,
    "c0": pl.Float64,
    "c1": pl.Float64,
    "c2": pl.Float64,
}


def _named(column: str, group: str) -> pl.Expr:
    untruncated = pl.col(column).is_null() | pl.col(column).is_in(
        ["", "none", conditions.UNTRUNCATED]
    )
    return untruncated if group == conditions.UNTRUNCATED else pl.col(column) == group


def _fit(group: str, row: dict[str, float | str | None], *, several: bool) -> str:
    if row["r2"] is None:
        return f"{group}: {row['note']}."
    named = f" ({row['arm']} @{row['step']})" if several else ""
    said = f"{group}{named}: R² = {row['r2']:.2f}"
    if row["peak"] is None:
        note = f" ({row['note']})" if row["note"] else ""
        return f"{said}, no interior peak{note}."
    ends = [row["peak_lo"], row["peak_hi"]]
    between = f" [{ends[0]:.2f}, {ends[1]:.2f}]" if None not in ends else ""
    return f"{said}, peak at T_eff = {row['peak']:.2f}{between}."
