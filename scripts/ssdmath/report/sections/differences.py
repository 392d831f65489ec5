"""Blocks on paired differences: along the evaluation temperature, and inside each stratum."""

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Panels, Plot
from ssdmath.report.figures import curves, intervals
from ssdmath.report.inputs import Material
from ssdmath.tables import schemas


def along(material: Material) -> list[Block]:
    """Each arm's chosen checkpoints against base over T_eval, with a band for all of it at once."""
    path = material.inputs.curves
    table = None if path is None else material.read(path, schemas.CURVES)
    if table is None or table["decoding"].n_unique() < 2:
        return []
    low, high = table["band_lo"].min(), table["band_hi"].max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    domain = (min(low, 0.0) - 0.01, max(high, 0.0) + 0.01)
    arms = table["arm"].unique(maintain_order=True).to_list()
    panels = [(arm, curves.difference(table.filter(arm=arm), domain)) for arm in arms]
    reading = " ".join(_clear(arm, table.filter(arm=arm)) for arm in arms)
    return [
        Panels(
            id="figure-curves",
            title="Each arm minus base at the same T_eval",
            plots=panels,
            reading=reading,
            how="Dots, bars: paired difference in points with its own 95 % interval. Band: holds "
            "at all temperatures at once (max-T over sign flips); where it leaves zero out, the "
            "difference is there however many temperatures were looked at.",
            source=material.source(path),
        )
    ]


def _clear(arm: str, rows: pl.DataFrame) -> str:
    clear = rows.filter((pl.col("band_lo") > 0) | (pl.col("band_hi") < 0))
    if not clear.height:
        return f"{arm}: the band holds zero at all {rows.height} temperatures."
    said = ", ".join(
        f"{row['temperature']:g} ({fmt.points(row['delta'])})" for row in clear.to_dicts()
    )
    return f"{arm}: the band leaves zero out at T_eval {said}."


def inside(material: Material) -> list[Block]:
    """The primary contrast inside every stratum."""
    path, primary = material.inputs.gains, material.primary
    if path is None or primary is None:
        return []
    table = material.read(path, schemas.GAINS).filter(contrast=primary["contrast"])
    if not table.height:
        return []
    clear = table.filter(pl.col("p_bh") < 0.05)["stratum"].to_list()
    named = ", ".join(clear) or "none of them"
    rows = table.with_columns(contrast=pl.format("{} ({} problems)", "stratum", "problems"))
    return [
        Plot(
            id="figure-gains",
            title=f"{primary['contrast']}, inside each stratum",
            figure=intervals.differences(rows),
            reading=f"After correction over all strata and contrasts, p is under 0.05 in: {named}.",
            how="Exploratory. “base a-b %”: problems by the pass rate of base in draws that no "
            "score counts. “nested n”: a stratified part of the split, which must tell the same.",
            source=material.source(path),
        )
    ]
