"""The first screen: the question, the verdict, what caused it, and what kind of study this is."""

from dataclasses import dataclass

import polars as pl

from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Table, Value, label, number
from ssdmath.report.figures import conditions, intervals
from ssdmath.report.inputs import Material

QUESTION = "Does simple self-distillation help a model at competition math?"
DECLARED = "Declared contrasts"
VERDICT = (
    "Difference in accuracy in percentage points, first side minus second. The verdict is worded "
    "by the contrast table: better, worse, no difference larger than d shown, or undecided."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands above the fold."""

    question: str
    headline: str
    sentence: str
    notes: list[str]
    blocks: list[Block]
    verdicts: list[tuple[str, str, str]]
    card: list[tuple[str, str]]
    source: str


def opening(material: Material) -> Opening:
    """The first screen of a study."""
    row = material.primary
    if row is None:
        headline, sentence = "No verdict", "This study declares no primary contrast."
        notes = []
    else:
        headline, sentence = fmt.headline(row), fmt.verdict(row)
        notes = [text for text in (_note(row), _runs(row), _power(row)) if text]
    table, title, source = causes(material)
    verdicts = [
        (entry["contrast"], entry.get("meaning") or "", entry["verdict"])
        for entry in table.to_dicts()
    ]
    blocks = _blocks(table, title, source)
    if title != DECLARED:
        source = material.source(material.inputs.contrasts)
        pairs = material.contrasts
        blocks.append(contrast_table(pairs, "contrasts", DECLARED, source))
    blocks += _tested(material)
    made = material.source(material.inputs.contrasts)
    return Opening(QUESTION, headline, sentence, notes, blocks, verdicts, card(material), made)


def _note(row: dict[str, object]) -> str:
    text = str(row["note"] or "").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _runs(row: dict[str, object]) -> str:
    sd = row["sd_between_runs"]
    if not isinstance(sd, float):
        return ""
    return (
        f"Between training runs the difference has a standard deviation of {100 * sd:.1f} points."
    )


def _power(row: dict[str, object]) -> str:
    mde = row["mde80"]
    if not isinstance(mde, float):
        return ""
    return f"This design finds a true difference of {100 * mde:.1f} points four times in five."


def causes(material: Material) -> tuple[pl.DataFrame, str, str]:
    """The attribution table if the study has one, else its contrasts; its title and source."""
    path = material.inputs.attribution
    table = pl.DataFrame() if path is None else material.read(path)
    if path is None or not table.height:
        source = material.source(material.inputs.contrasts)
        return material.contrasts, DECLARED, source
    table = table.drop("contrast", strict=False).rename({"cause": "contrast"})
    return table, "What causes it", material.source(path)


def _blocks(table: pl.DataFrame, title: str, source: str) -> list[Block]:
    if not table.height:
        return []
    plot = Plot(
        id="figure-causes",
        title=title,
        figure=intervals.differences(table),
        reading=_reading(table),
        how="Dot: estimate. Bar: 95 % interval. Left of the dashed line the second side is ahead.",
        source=source,
    )
    return [plot, contrast_table(table, "causes", title, source)]


def _reading(table: pl.DataFrame) -> str:
    clear = table.filter((pl.col("lo") > 0) | (pl.col("hi") < 0))["contrast"].to_list()
    if table.height == 1:
        return f"The interval {'excludes' if clear else 'does not exclude'} zero."
    if not clear:
        return f"None of {table.height} intervals excludes zero."
    verb = "excludes" if len(clear) == 1 else "exclude"
    return f"{len(clear)} of {table.height} intervals {verb} zero: {', '.join(clear)}."


def _tested(material: Material) -> list[Block]:
    """The accuracies behind the contrasts, where the test split has been sampled."""
    cells = material.cells.filter(pl.col("split") == "test", pl.col("stratum") == "all")
    if not cells.height:
        return []
    names = material.conditions
    pooled = conditions.pooled(cells, ["accuracy", "lo", "hi"])
    rows = conditions.ranked(pooled, names).with_columns(
        label=pl.format("{} at {}", "condition", "decoding")
    )
    said = [f"{row['label']} {fmt.percent(row['accuracy'])}" for row in rows.to_dicts()]
    plot = Plot(
        id="figure-test",
        title="Accuracy on the test problems",
        figure=intervals.rates(rows, names),
        reading=f"{'; '.join(said)}.",
        how="Test was sampled for the chosen cells and the declared baselines alone. Training runs "
        "pooled. Overlapping intervals do not mean no difference: the contrasts are paired.",
        source=material.source(material.inputs.scores),
    )
    return [plot]


def contrast_table(table: pl.DataFrame, name: str, title: str, source: str) -> Table:
    """Every contrast with interval, corrected p, size and verdict."""
    columns = [
        Column("contrast", numeric=False),
        Column("difference, points"),
        Column("95 % interval", "sorted by its lower end"),
        Column("verdict", numeric=False),
        Column("p"),
        Column("p, corrected", "Holm in the confirmatory families, Benjamini-Hochberg in the rest"),
        Column("MDE, points", "the true difference this contrast finds with 80 % power"),
        Column("problems"),
        Column("runs", "training runs on the side that has fewest"),
        Column("split", numeric=False),
        Column("family", numeric=False),
    ]
    rows = [_contrast(row) for row in table.iter_rows(named=True)]
    note = VERDICT
    return Table(f"table-{name}", f"{title}, in numbers", columns, rows, note, source)


def _contrast(row: dict[str, object]) -> list[Value]:
    def real(name: str) -> float | None:
        value = row.get(name)
        return float(value) if isinstance(value, int | float) else None

    delta, lo, hi, mde = real("delta"), real("lo"), real("hi"), real("mde80")
    corrected = real("p_holm") if real("p_holm") is not None else real("p_bh")
    return [
        label(row["contrast"]),
        number(delta, fmt.points(delta).removesuffix("points").strip()),
        number(lo, fmt.interval(lo, hi)),
        label(row.get("verdict")),
        number(real("p"), fmt.probability(real("p"))),
        number(corrected, fmt.probability(corrected)),
        number(mde, "" if mde is None else f"{100 * mde:.1f}"),
        number(real("problems"), fmt.count(real("problems"))),
        number(real("runs"), fmt.count(real("runs"))),
        label(row.get("split")),
        label(row.get("family")),
    ]


def card(material: Material) -> list[tuple[str, str]]:
    """The study in a dozen lines: name, model, data, draws, training."""
    study, cells = material.study, material.cells.filter(pl.col("stratum") == "all")
    model = study.get("model", {})
    named = model.get("path") or model.get("hub")
    revision = f" at {model['revision'][:12]}" if model.get("revision") else ""
    training, evaluation = study.get("training", {}), study.get("evaluation", {})
    draws = evaluation.get("draws", {})
    sizes = material.problems.group_by("split").len().sort("split").rows()
    trained = cells.filter(pl.col("arm") != "base")["model"].n_unique()
    spent = float(material.times["s"].sum())
    rows = [
        ("Study", study.get("name")),
        ("Base model", f"{named}{revision}" if named else None),
        ("Problems", ", ".join(f"{n:,} {split}" for split, n in sizes)),
        ("Draws a problem", ", ".join(f"{n} {split}" for split, n in sorted(draws.items()))),
        ("Completion cap", fmt.count(material.cap, "token") if material.cap else None),
        ("Conditions", ", ".join(material.conditions)),
        ("Checkpoints", fmt.count(trained)),
        ("Training seeds", ", ".join(str(seed) for seed in training.get("seeds", []))),
        ("Draws evaluated", fmt.count(int(cells["draws"].sum() or 0))),
        ("Draws missing", fmt.count(int(cells["missing"].sum() or 0))),
        ("Cost", f"{fmt.duration(spent)} of jobs" if spent else None),
    ]
    return [(name, str(value)) for name, value in rows if value]
