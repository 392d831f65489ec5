"""Paired differences along the evaluation temperature and within each stratum."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Plot, Table
from ssdmath.report.columns import count, interval, number, points, words
from ssdmath.report.figures import conditions, curves, intervals
from ssdmath.report.results import Results
from ssdmath.tables import schemas

ALONG = (
    words("arm"),
    words("decoding"),
    words("verdict", help_="from the band over all temperatures"),
    points("difference, points", "delta"),
    interval("band_lo", "band_hi"),
    number("p, max-T", "p_max_t", fmt.probability),
    count("runs"),
    words("note"),
)
INSIDE = (
    words("stratum"),
    words("verdict"),
    points("difference, points", "delta"),
    interval(),
    number("p, corrected", "p_bh", fmt.probability),
    count("problems"),
    count("runs"),
    words("note"),
)


def along(results: Results) -> list[Block]:
    """Each arm's chosen checkpoints against base over T_eval, with a simultaneous band."""
    path = results.inputs.curves
    table = None if path is None else results.read(path, schemas.CURVES)
    if table is None or table["decoding"].n_unique() < 2:
        return []
    low, high = table.select(
        low=pl.min_horizontal("lo", "band_lo").min(), high=pl.max_horizontal("hi", "band_hi").max()
    ).row(0)
    domain = (min(low, 0.0) - 0.01, max(high, 0.0) + 0.01)
    arms = table["arm"].unique(maintain_order=True).to_list()
    panels = [(arm, curves.difference(table.filter(arm=arm), domain)) for arm in arms]
    reading = " ".join(_clear(arm, table.filter(arm=arm)) for arm in arms)
    return [
        Panels(
            id="figure-curves",
            title="Each arm minus base at the same T_eval, validation problems",
            plots=panels,
            reading=reading,
            how="Dots and bars: paired difference in points with its 95 % interval. Band: "
            "simultaneous 95 % band over all temperatures (max-T, sign flips); where it excludes "
            "zero, the difference holds after correction for the number of temperatures.",
            source=results.source(path),
        ),
        Table("table-curves", "Over T_eval, in numbers", ALONG, table, "", results.source(path)),
    ]


def _clear(arm: str, rows: pl.DataFrame) -> str:
    clear = rows.filter((pl.col("band_lo") > 0) | (pl.col("band_hi") < 0))
    if not clear.height:
        return f"{arm}: the band includes zero at all {rows.height} temperatures."
    excluded = ", ".join(
        f"{row['temperature']:g} ({fmt.points(row['delta'])})" for row in clear.to_dicts()
    )
    return f"{arm}: the band excludes zero at T_eval {excluded}."


def inside(results: Results) -> list[Block]:
    """The primary contrast inside every stratum."""
    path, primary = results.inputs.gains, results.primary
    if path is None or primary is None:
        return []
    table = results.read(path, schemas.GAINS).filter(contrast=primary["contrast"])
    table = conditions.ranked(table, results.strata, "stratum")
    if not table.height:
        return []
    clear = table.filter(pl.col("p_bh") < 0.05)["stratum"].to_list()
    names = ", ".join(clear) or "none of them"
    rows = table.with_columns(contrast=pl.format("{} ({} problems)", "stratum", "problems"))
    source = results.source(path)
    return [
        Plot(
            id="figure-gains",
            title=f"{primary['contrast']}: within each stratum of {primary['split']}",
            figure=intervals.differences(rows),
            reading=f"After correction over all strata and contrasts, p is below 0.05 in: {names}.",
            how="Exploratory. “base a-b %”: problems by the share that base solves, measured on "
            "separate draws. “nested n”: a stratified sample of n problems, as a check.",
            source=source,
        ),
        Table("table-gains", "Within each stratum, in numbers", INSIDE, table, "", source),
    ]
