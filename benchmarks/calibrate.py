"""Simulate studies, see whether the intervals hold, write docs/calibration.md and its figure."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl

from ssdmath.stats import calibration
from ssdmath.stats.simulation import World
from ssdmath.tables import atomic

SIZES = [(n, k) for n in (100, 300, 1000) for k in (1, 4, 8)]
ENDS = [(World(0.15, 3.0), 66, 4), (World(0.15, 3.0), 100, 8), (World(3.0, 0.15), 300, 8)]
MIDDLE = [(World(), n, k) for n in (30, 100) for k in (1, 4)]
RUNS = [(sd, runs) for sd in (0.0, 0.01, 0.03) for runs in (2, 3, 5)]
PROMISES = {"mean covers": (94, 96), "null found": (4, 6), "effect found": (78, 82)}
TITLES = {
    "mean covers": "95 % interval of a cell covers",
    "null covers": "95 % interval of a null difference covers",
    "effect covers": "95 % interval of a real difference covers",
    "null found": "False alarms at 5 %",
    "effect found": "Power at the stated effect",
}

PAGE = """# Do the intervals hold? Calibration by simulation

Made by `make calibrate` (`benchmarks/calibrate.py`) with the project's own functions in
{minutes:.0f} minutes: {studies:,} simulated studies a setting ({some:,} for the family of ten,
{few:,} for the training runs), so that a share near 95 % is known to {error:.1f} points
({error_few:.1f} for the runs), one near 80 % to {error_power:.1f}, two standard errors each. All
numbers are percentages of studies. The worlds are described in
`scripts/ssdmath/stats/simulation.py`; they are not results about any model.

![Coverage, false alarms and power by setting; the shaded band is what was promised]({figure})

## One run a side

Promised: 95 % intervals cover in 94-96 % of studies, false alarms at 5 % lie within 4-6 %, an
effect of exactly the minimum detectable one (`effect size`, in points) is found in 78-82 %.
`method` is the interval of a cell's mean that the code chose; differences use the cluster bootstrap
(10,000 resamples, expanded percentiles) and the sign-flip mid-p.

{grid}

{misses}

## A family of ten

Ten contrasts with one base, none with an effect: how often at least one is called significant.
Promised: at most 5 % after Holm.

{family}

## Which interval for a cell's mean

Why the code chooses as it does (`inference/intervals.py`). "p(1-p)/nK" counts draws as if they were
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

300 problems, 4 draws, a trained side with 2, 3 or 5 runs against base, no true effect; the standard
deviation between runs is in points. "problems only" treats the runs as fixed. The plain
hierarchical bootstrap sees too little of the spread of few runs, and counts a run's noise on each
problem twice; the code keeps its shape, and takes the scale from variance components with Student's
quantile for Satterthwaite's degrees of freedom: runs, plus problems, minus the residual that both
hold. Below 5 runs it leaves the residual in, which errs on the wide side where runs hardly differ
and still misses somewhat where two or three runs differ much (the rows with the largest spread):
where `sd_between_runs` is large, train more seeds before believing such an interval.

{runs}
"""


def main(*, studies: int, output: str, figure: str, seed: int) -> None:
    """Simulate `studies` studies a setting (half of it for the family of ten, a fifth for runs)."""
    begun = time.monotonic()
    some, few = max(1, studies // 2), max(1, studies // 5)
    full = {"studies": studies, "resamples": 10_000, "seed": seed}
    quick = full | {"resamples": 2_000}
    slow = {"studies": few, "resamples": 1_000, "seed": seed}
    grid = list(_told(calibration.grid(n, k, **full) for n, k in SIZES))
    family = list(_told(calibration.family(n, k, **(full | {"studies": some})) for n, k in SIZES))
    single = list(_told(calibration.methods(w, n, k, **quick) for w, n, k in MIDDLE + ENDS))
    related = list(_told(calibration.families(300, 5, k, **quick) for k in (1, 4)))
    runs = list(_told(calibration.runs(sd, count, **slow) for sd, count in RUNS))
    minutes = (time.monotonic() - begun) / 60
    with atomic.atomic(figure) as part:
        part.write_text(_figure(grid))
    shown = {"grid": grid, "family": family, "single": single, "related": related, "runs": runs}
    page = PAGE.format(
        minutes=minutes,
        studies=studies,
        some=some,
        few=few,
        error=200 * (0.95 * 0.05 / studies) ** 0.5,
        error_few=200 * (0.95 * 0.05 / few) ** 0.5,
        error_power=200 * (0.8 * 0.2 / studies) ** 0.5,
        figure=Path(figure).name,
        misses=_misses(grid),
        **{name: _table(rows) for name, rows in shown.items()},
    )
    with atomic.atomic(output) as part:
        part.write_text(page)


def _told(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    begun = time.monotonic()
    for row in rows:
        shown = {key: round(float(x), 4) if isinstance(x, float) else x for key, x in row.items()}
        print(f"{time.monotonic() - begun:6.0f} s  {shown}", file=sys.stderr, flush=True)
        yield row


def _figure(grid: list[dict[str, Any]]) -> str:
    """Five panels, a dot a setting, the promised range as a band: SVG text."""
    import vl_convert

    points = [
        {"measure": TITLES[key], "percent": 100 * row[key], "K": str(row["draws"])}
        | {"setting": f"n={row['problems']}, K={row['draws']}"}
        for row in grid
        for key in TITLES
    ]
    order = [f"n={n}, K={k}" for n, k in SIZES]
    panels = []
    for key, title in TITLES.items():
        lo, hi = PROMISES.get(key, (94, 96))
        band = alt.Chart(pl.DataFrame({"lo": [lo], "hi": [hi]}))
        shade = band.mark_rect(color="#0072B2", opacity=0.15).encode(x="lo:Q", x2="hi:Q")
        own = pl.DataFrame([p for p in points if p["measure"] == title])
        dots = alt.Chart(own).mark_point(filled=True, size=60, color="#0072B2", opacity=1)
        shown = [2 * lo - hi, 2 * hi - lo, *own["percent"]]
        scale = alt.Scale(domain=[min(shown), max(shown)], zero=False)
        placed = dots.encode(
            x=alt.X("percent:Q", title="% of studies", scale=scale),
            y=alt.Y("setting:N", title=None, sort=order),
        )
        panels.append((shade + placed).properties(width=230, height=150, title=title))
    chart = alt.concat(*panels, columns=3, background="white")
    chart = chart.configure_title(fontSize=12, anchor="start")
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def _table(rows: list[dict[str, Any]]) -> str:
    """A markdown table; shares as percentages with one decimal."""

    def shown(key: str, value: object) -> str:
        if not isinstance(value, float):
            return str(value)
        decimals = 2 if key.endswith("size") or key.startswith("sd") else 1
        return f"{100 * value:.{decimals}f}"

    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[shown(key, value) for key, value in row.items()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _misses(grid: list[dict[str, Any]]) -> str:
    """Name every setting of the grid that is outside what was promised."""
    found = [
        f"- n={row['problems']}, K={row['draws']}: {TITLES[key].lower()}: {100 * row[key]:.1f} %"
        for row in grid
        for key in TITLES
        for lo, hi in [PROMISES.get(key, (94, 96))]
        if not lo <= round(100 * row[key], 1) <= hi
    ]
    return "\n".join(found) if found else "No setting of this table is outside the promised range."


if __name__ == "__main__":
    main(studies=10_000, output="docs/calibration.md", figure="docs/calibration.svg", seed=0)
