"""The section on token geometry: the paper's figure 6 on base and trained models."""

import polars as pl

from ssdmath.mechanism.schemas import GEOMETRY
from ssdmath.report import deltas
from ssdmath.report.blocks import Block, Column, Panels, Section, Table, label, number
from ssdmath.report.figures import lines
from ssdmath.report.figures.lines import Over
from ssdmath.report.inputs import Material

PANELS = (
    (
        "beyond rank",
        "Mass beyond a rank",
        Over("rank", log=True),
        Over("1 − mass", ".1e", log=True),
    ),
    ("survivors", "Tokens that survive", Over("T_eval"), Over("tokens")),
    ("entropy", "Entropy after the filter", Over("T_eval"), Over("nats")),
    ("matched entropy", "Entropy at the same top-20 mass", Over("top-20 mass"), Over("nats")),
)
MASS = "mass of "
LEAST = 2e-5  # the page rounds to five places


def geometry(material: Material, path: str) -> Section:
    """Four panels over the same contexts, and the mass on closing and on second thoughts."""
    table = deltas.named(material, material.read(path, GEOMETRY))
    source = material.source(path)
    whole = table.filter(pl.col("stratum") == "all")
    blocks: list[Block] = [_panels(material, whole, source), _marks(material, whole, source)]
    return Section("geometry", "Token geometry", [*blocks, _strata(table, source)])


def _panels(material: Material, whole: pl.DataFrame, source: str) -> Panels:
    names = deltas.legend(material, whole)
    plots = []
    for panel, title, x, y in PANELS:
        rows = whole.filter(pl.col("panel") == panel)
        if y.log:  # a mass of 0 has no place on a logarithmic axis
            rows = rows.filter(pl.col("value") > LEAST).with_columns(pl.col("lo").clip(LEAST))
        plots.append((title, lines.lines(rows, names, x, y)))
    positions = whole.filter(pl.col("panel") == "survivors").row(0, named=True)
    settings = material.study.get("mechanism") or {}
    return Panels(
        id="figure-geometry",
        title="What the distributions over tokens look like",
        plots=plots,
        reading=" ".join(_said(name, whole) for name in names if name != "base"),
        how=f"All models read the same {positions['positions']:,} positions of "
        f"{positions['problems']} problems. Filter: top-k {settings.get('top_k')}, top-p "
        f"{settings.get('top_p')}. Bands: 95 % intervals over problems.",
        source=source,
    )


def _said(name: str, whole: pl.DataFrame) -> str:
    rows = whole.filter(pl.col("condition") == name)
    at_one = rows.filter(pl.col("panel").is_in(["beyond rank", "entropy"]), pl.col("x") == 1)
    found = {row["panel"]: row for row in at_one.to_dicts()}
    said = []
    if "beyond rank" in found:
        beyond = deltas.change(found["beyond rank"], 1, 100)
        said.append(f"mass beyond the top token {beyond} points")
    if "entropy" in found:
        said.append(f"entropy at T_eval = 1 {deltas.change(found['entropy'])} nats")
    matched = rows.filter(pl.col("panel") == "matched entropy")
    if matched.height:
        middle = matched.row(matched.height // 2, named=True)
        at = f"where the top-20 mass is {middle['x']:.3f}"
        said.append(f"and {deltas.change(middle)} nats {at}")
    return f"{name} against base: {', '.join(said)}."


def _marks(material: Material, whole: pl.DataFrame, source: str) -> Table:
    rows = whole.filter(pl.col("panel").str.starts_with(MASS), pl.col("delta").is_not_null())
    base = dict(whole.filter(pl.col("model") == "base").select("panel", "value").iter_rows())
    columns = [
        Column("condition", numeric=False),
        Column("token", numeric=False),
        *[Column(name, "percent of all positions") for name in ("base", "trained", "difference")],
    ]
    shown = [
        [
            label(row["condition"]),
            label(row["panel"].removeprefix(MASS)),
            number(base[row["panel"]], deltas.plain(base[row["panel"]], 3, 100)),
            number(row["value"], deltas.plain(row["value"], 3, 100)),
            deltas.cell(row, 3, 100),
        ]
        for row in rows.to_dicts()
    ]
    note = "A length effect would be </think> up and Wait down. " + " ".join(
        _length_effect(name, rows) for name in rows["condition"].unique().sort()
    )
    title = "Mass on closing and on second thoughts, whatever stands there"
    return Table("table-marks", title, columns, shown, note, source)


def _length_effect(name: str, rows: pl.DataFrame) -> str:
    mine = {row["panel"]: row for row in rows.filter(pl.col("condition") == name).to_dicts()}
    closing, doubt = mine.get(f"{MASS}</think>"), mine.get(f"{MASS}Wait")
    if closing is None or doubt is None:
        return f"{name}: one of the two is not a token of this model."
    both = f"</think> {deltas.direction(closing)}, Wait {deltas.direction(doubt)}"
    return f"{name}: {both}."


def _strata(table: pl.DataFrame, source: str) -> Table:
    kept = table.filter(
        pl.col("panel").is_in(["beyond rank", "entropy"]),
        pl.col("x") == 1,
        pl.col("delta").is_not_null(),
    )
    columns = [
        Column("condition", numeric=False),
        Column("contexts", "by length, correctness and who wrote them", numeric=False),
        Column("positions"),
        Column("problems"),
        Column("beyond the top token", "trained minus base, points"),
        Column("entropy at T_eval = 1", "trained minus base after the filter, nats"),
    ]
    rows = []
    for (condition, stratum), part in kept.group_by("condition", "stratum", maintain_order=True):
        found = {row["panel"]: row for row in part.to_dicts()}
        any_ = part.row(0, named=True)
        rows.append(
            [
                label(condition),
                label(stratum),
                number(any_["positions"], f"{any_['positions']:,}"),
                number(any_["problems"], f"{any_['problems']:,}"),
                deltas.cell(found.get("beyond rank"), 2, 100),
                deltas.cell(found.get("entropy")),
            ]
        )
    return Table("table-geometry", "By kind of context", columns, rows, source=source)
