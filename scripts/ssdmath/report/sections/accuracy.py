"""The section on accuracy over the evaluation temperature T_eval."""

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Plot, Section, without
from ssdmath.report.figures import conditions, curves
from ssdmath.report.figures.figure import Figure
from ssdmath.report.results import Results
from ssdmath.report.sections import differences


def sweep(results: Results, split: str = "validation") -> pl.DataFrame:
    """The cells of the evaluation sweep with the most temperatures, all strata together."""
    cells = results.all_strata(split)
    if not cells.height:
        return cells
    return cells.filter(pl.col("eval_group") == conditions.sweep_group(cells))


def overview(results: Results) -> Figure:
    """Accuracy against T_eval for base and every condition: the figure of the README too."""
    return curves.accuracy(sweep(results), results.conditions, _beside(results))


def _beside(results: Results) -> pl.DataFrame:
    """The best cell with another truncation, of base and of the best other condition."""
    cells = results.all_strata("validation")
    group = conditions.sweep_group(cells) if cells.height else ""
    others = conditions.best(cells.filter(pl.col("eval_group") != group))
    base = pl.col("condition") == BASE
    best = [others.filter(side).head(1) for side in (base, ~base)]
    return pl.concat(best).select("condition", "decoding", "accuracy", "lo", "hi")


def accuracy(results: Results) -> Section:
    """Accuracy against T_eval: all conditions together, then each against base."""
    cells, names = sweep(results), results.conditions
    title = "Accuracy over the evaluation temperature"
    if not cells.height:
        return without("accuracy", title, "The validation split was not sampled.")
    source = results.source(results.inputs.scores)
    blocks: list[Block] = [
        Plot(
            id="figure-accuracy",
            title="Accuracy of base and every other condition on the validation problems",
            figure=overview(results),
            reading=_peaks(cells) + _dashed(_beside(results)),
            how="Line and large mark: mean over training seeds. Small marks: single training runs. "
            "Band: mean of the runs' 95 % intervals. Dashed lines: the best accuracy of base and "
            "of the best other condition with another truncation.",
            source=source,
        )
    ]
    trained = [name for name in names if name in set(cells["condition"]) and name != BASE]
    if trained:
        panels = [(name, curves.against_base(cells, name, names)) for name in trained]
        blocks.append(
            Panels(
                id="figure-panels",
                title="Each other condition against base, one line per training run",
                plots=panels,
                reading=_above(cells),
                how="Validation problems. Grey: base. Colour: training runs. Bands: 95 % "
                "intervals.",
                source=source,
            )
        )
    return Section("accuracy", title, [*blocks, *differences.along(results)])


def _dashed(beside: pl.DataFrame) -> str:
    rates = [
        f"{row['condition']} {fmt.percent(row['accuracy'])} "
        f"{fmt.interval(row['lo'], row['hi'])} at {row['decoding']}"
        for row in beside.iter_rows(named=True)
    ]
    return f" Best with another truncation: {', '.join(rates)}." if rates else ""


def _peaks(cells: pl.DataFrame) -> str:
    ranked = conditions.pooled(cells).sort("accuracy", "t_eval", descending=[True, False])
    base = ranked.filter(condition=BASE).head(1).to_dicts()
    best = ranked.filter(pl.col("condition") != BASE).head(1).to_dicts()
    peaks = [_peak("Base", row) for row in base]
    peaks += [_peak(f"the best other condition, {row['condition']},", row) for row in best]
    sentence = "; ".join(peaks) + "."
    if base and best:
        overlap = best[0]["lo"] <= base[0]["hi"] and base[0]["lo"] <= best[0]["hi"]
        sentence += " Their intervals overlap." if overlap else " Their intervals do not overlap."
        sentence += " Both were selected after the fact; only the declared contrasts test anything."
    return sentence


def _peak(name: str, row: dict[str, float]) -> str:
    rate = f"{fmt.percent(row['accuracy'])} {fmt.interval(row['lo'], row['hi'])}"
    return f"{name} peaks at T_eval = {row['t_eval']:g} with {rate}"


def _above(cells: pl.DataFrame) -> str:
    pooled = conditions.pooled(cells)
    base = pooled.filter(condition=BASE).select("decoding", "accuracy", "hi")
    pairs = pooled.filter(pl.col("condition") != BASE).join(base, on="decoding", suffix="_base")
    above = pairs.filter(pl.col("accuracy") > pl.col("accuracy_base")).height
    outside = pairs.filter(pl.col("accuracy") > pl.col("hi_base")).height
    return (
        f"Another condition is above base in {above} of {pairs.height} pairs of condition and "
        f"temperature, and above the upper end of base's interval in {outside}."
    )
