"""The page docs/calibration.md and its figure, from the numbers of docs/calibration.json."""

from typing import Any

import calibration_runs
from calibration_figure import PROMISES, TITLES

from ssdmath.tables import markdown

PAGE = """# Do the intervals hold? Calibration by simulation

Made by `make calibrate` (`benchmarks/calibrate.py`) with the project's own functions in
{effort}: {studies:,} simulated studies per setting ({some:,} for the family
of ten and for the training runs), so that a share near 95 % is known to {error:.1f} points
({error_some:.1f} for the runs), one near 80 % to {error_power:.1f}, two standard errors each.
All numbers are percentages of studies. The worlds are described in
`benchmarks/calibration_world.py`; they are not results about any model.

![Coverage, false alarms and power by setting; the shaded band is what was promised]({figure})

## One run per side

Promised: 95 % intervals cover in 94-96 % of studies, false alarms at 5 % lie within 4-6 %, an
effect of exactly the minimum detectable one (`effect size`, in points) is found in 78-82 %.
`method` is the interval of a cell's mean that the code chose; differences use the cluster bootstrap
({resamples:,} resamples, expanded percentiles) and the sign-flip mid-p.

{grid}

{misses}

## A family of ten

Ten contrasts with one base, none with an effect: how often at least one is called significant.
Promised: at most 5 % after Holm.

{family}

## Which interval for a cell's mean

Why the code chooses as it does (`stats/intervals.py`). "p(1-p)/nK" counts draws as if they were
problems and is never used; "percentile" is the plain bootstrap, "expanded" Hesterberg's;
"Wilson on n" takes the draws of a problem for one and is far too wide where K > 1. Near 0 and 1,
where fewer than 20 problems' worth of answers are right (or wrong), bootstrap and normal intervals
miss; there the code takes Wilson's on the effective number of draws p(1-p)/SE^2, with Student's
quantile.

{single}

## Problems that come in families

Five problems of equal difficulty a family: ignoring it overstates what is known.

{related}

## Several training runs

Seven trained arms and base, 300 problems, 4 draws, 2 to 6 runs per arm, no true effect. A run has
its own synthesis sample ({synthesis:.0f} % of the variance between runs) and its own order of
batches; the standard deviation between runs is in points. "runs as fixed" counts problems alone;
"unpooled" takes each arm's own runs; "pooled" is what the code does: the variance of every arm is
drawn towards the mean of all (moderated variance, `stats/between_runs.py`), with Satterthwaite's
degrees of freedom. Widths are medians, in points; "at equal coverage" is the unpooled width after
stretching that interval until it covers as often as the pooled one.

The estimator was chosen among variants in this same simulated world, partly on the same studies, so
these rows describe the world it was tuned on and are no independent test of it.

Promised: the pooled interval covers in 94-96 % (93-97 % with 2 runs), false alarms lie within
4-6 %.

{runs}

{missed_runs}

With 2 runs and a standard deviation of 3 points, pooling narrows the interval of an arm against
another from {arm_before:.1f} to {arm_after:.1f} points at equal coverage ({arm_gain:.0f} %
narrower), and that of an arm against base, to which problems add as much as before, from
{base_before:.1f} to {base_after:.1f} ({base_gain:.0f} %).

### Arms whose runs differ by unequal amounts

The same with a mean variance of 2 points squared, where odd arms have 4 times the variance of
even ones. Two to six runs cannot tell such arms apart, so pooling overstates the doubt about a
steady arm and understates that about an unsteady one; the more runs, the more each arm's own
variance counts.

{unequal}

### One synthesis sample for all runs

Runs of an arm that share a synthesis sample (`synthesis.shared: true`) vary in the order of
batches alone. Their intervals are right about *that sample* and, as this table shows, wrong about
the recipe.

{shared}
"""


def page(numbers: dict[str, Any], figure_name: str) -> str:
    """Write the page from the numbers that `calibrate.py` keeps."""
    tables, studies, some = numbers["tables"], numbers["studies"], numbers["studies of runs"]
    return PAGE.format(
        effort=numbers["effort"],
        studies=studies,
        some=some,
        resamples=numbers["resamples"],
        error=200 * (0.95 * 0.05 / studies) ** 0.5,
        error_some=200 * (0.95 * 0.05 / some) ** 0.5,
        error_power=200 * (0.8 * 0.2 / studies) ** 0.5,
        figure=figure_name,
        misses=_misses(tables["grid"]),
        synthesis=100 * calibration_runs.SYNTHESIS,
        missed_runs=_missed_runs(tables["runs"]),
        **_gains(tables["runs"]),
        **{name: _table(rows) for name, rows in tables.items()},
    )


def _table(rows: list[dict[str, Any]]) -> str:
    """A Markdown table; shares as percentages with one decimal, sizes with two."""
    cells = [[_shown(key, value) for key, value in row.items()] for row in rows]
    return markdown.table(list(rows[0]), cells)


def _shown(key: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{100 * value:.{2 if key.endswith('size') else 1}f}"


def _gains(rows: list[dict[str, Any]]) -> dict[str, float]:
    """How much pooling narrows the widest case: 2 runs that differ by 3 points."""
    numbers: dict[str, float] = {}
    for name, contrast in (("arm", calibration_runs.ARM), ("base", calibration_runs.BASE)):
        row = next(
            row
            for row in rows
            if (row["contrast"], row["runs"], row["sd between runs"]) == (contrast, 2, 0.03)
        )
        before, after = row["at equal coverage"], row["pooled width"]
        numbers |= {f"{name}_before": 100 * before, f"{name}_after": 100 * after}
        numbers[f"{name}_gain"] = 100 * (1 - after / before)
    return numbers


def _missed_runs(rows: list[dict[str, Any]]) -> str:
    """Name every setting of runs whose coverage or false alarms are outside what was promised."""
    missed = [
        f"- {row['contrast']}, sd {100 * row['sd between runs']:.0f}, {row['runs']} runs: "
        f"covers in {100 * row['pooled']:.1f} %, false alarms {100 * row['false alarms']:.1f} %"
        for row in rows
        for lo, hi in [(93, 97) if row["runs"] == 2 else (94, 96)]
        if not lo <= round(100 * row["pooled"], 1) <= hi
        or not 4 <= round(100 * row["false alarms"], 1) <= 6
    ]
    return _listed(missed)


def _misses(grid: list[dict[str, Any]]) -> str:
    """Name every setting of the grid that is outside what was promised."""
    missed = [
        f"- n={row['problems']}, K={row['draws']}: {TITLES[key].lower()}: {100 * row[key]:.1f} %"
        for row in grid
        for key in TITLES
        for lo, hi in [PROMISES.get(key, (94, 96))]
        if not lo <= round(100 * row[key], 1) <= hi
    ]
    return _listed(missed)


def _listed(missed: list[str]) -> str:
    if not missed:
        return "No setting of this table is outside the promised range."
    return "Outside the promised range:\n\n" + "\n".join(missed)
