"""The section on whether temperature composes, T_train x T_eval (docs/method.md, section 6)."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.grid import settings
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Prose, Section, without
from ssdmath.report.figures import conditions, curves, intervals
from ssdmath.report.figures.figure import span
from ssdmath.report.results import Results
from ssdmath.report.sections.accuracy import sweep
from ssdmath.scores.temperature_fit import FIT

TITLE = "Does temperature compose?"


def composition(results: Results) -> Section:
    """T_train x T_eval, and whether the two multiply to one effective temperature.

    Further rounds are left out: more than one temperature went into their samples. So are arms that
    learn a power, whose T_train is null.
    """
    cells = sweep(results).filter(~pl.col("arm").is_in(settings.rounds(results.study)))
    trained = cells.filter(pl.col("t_train").is_not_null())
    if not trained.height:
        return without("composition", TITLE, "No trained cells: nothing to compose.")
    powers = [
        f"{arm} is left out: it learns a power of whole completions, which is no temperature."
        for arm in settings.powers(results.study)
    ]
    blocks: list[Block] = [_heat(results, cells), _effective(results, trained)]
    return Section("composition", TITLE, [*blocks, *[Prose(powers)] * bool(powers)])


def _heat(results: Results, cells: pl.DataFrame) -> Panels:
    pooled = conditions.pooled(cells)
    domain = span(pooled, ["accuracy"])
    base = pooled.filter(condition=BASE).with_columns(train=pl.lit(BASE))
    trained = pooled.filter(pl.col("t_train").is_not_null())
    keys = trained.select("arm", "train_group").unique().sort("arm", "train_group").rows()
    panels = []
    for arm, group in keys:
        rows = trained.filter(arm=arm, train_group=group)
        rows = rows.sort("t_train", "t_eval").with_columns(train=_train_label(rows))
        panels.append((f"{arm}, {group}", intervals.heat(pl.concat([base, rows]), domain)))
    top = trained.sort("accuracy", "t_eval", descending=[True, False]).row(0, named=True)
    spread = float(trained["accuracy"].max() or 0) - float(trained["accuracy"].min() or 0)  # type: ignore[arg-type]
    reading = (
        f"The best trained cell is {top['condition']} at T_eval = {top['t_eval']:g} with "
        f"{fmt.percent(top['accuracy'])}; the trained cells span {100 * spread:.1f} points."
    )
    return Panels(
        id="figure-heat",
        title="Accuracy over T_train × T_eval, validation problems",
        plots=panels,
        reading=reading,
        how="Rows: synthesis temperature, base on top. Columns: evaluation temperature. One panel "
        "per arm and synthesis truncation. Darker is more accurate; all panels share one scale.",
        source=results.source(results.inputs.scores),
    )


def _train_label(rows: pl.DataFrame) -> pl.Expr:
    several = rows.group_by("t_train").agg(n=pl.col("condition").n_unique())["n"].max()
    plain = pl.col("t_train").map_elements("{:g}".format, pl.String)
    return pl.col("condition") if several != 1 else plain


def _effective(results: Results, trained: pl.DataFrame) -> Panels:
    path = results.inputs.temperature
    fits = results.read(path) if path else FIT.to_frame()
    group = str(trained["eval_group"][0])
    panels, readings = [], []
    for train_group in trained["train_group"].unique().sort().to_list():
        points = trained.filter(train_group=train_group)
        fit = fits.filter(train_truncation=_stored(train_group), eval_truncation=_stored(group))
        panels.append((train_group, curves.effective(points, fit, results.conditions)))
        several = fit.height > 1
        readings += [_fitted(train_group, row, several=several) for row in fit.to_dicts()]
    return Panels(
        id="figure-effective",
        title="Accuracy against T_eff = T_train × T_eval, validation problems",
        plots=panels,
        reading=" ".join(readings) or "No quadratic was fitted in this study.",
        how="One panel per synthesis truncation. If temperature composes, all points of a panel "
        "lie on one curve. Bars: 95 % intervals. Dashed: the fitted quadratic.",
        source=results.source(results.inputs.scores, path),
    )


def _stored(group: str) -> str:
    """A truncation as the table of fits names it: "" where nothing was cut off."""
    return "" if group == conditions.UNTRUNCATED else group


def _fitted(group: str, row: dict[str, float | str | None], *, several: bool) -> str:
    if row["r2"] is None:
        return f"{group}: {row['note']}."
    step = f" ({row['arm']} @{row['step']})" if several else ""
    fit = f"{group}{step}: R² = {row['r2']:.2f}"
    if row["peak"] is None:
        note = f" ({row['note']})" if row["note"] else ""
        return f"{fit}, no interior peak{note}."
    ends = [row["peak_lo"], row["peak_hi"]]
    between = f" [{ends[0]:.2f}, {ends[1]:.2f}]" if None not in ends else ""
    return f"{fit}, peak at T_eff = {row['peak']:.2f}{between}."
