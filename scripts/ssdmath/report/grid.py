"""Sections on the cells: the chosen ones, decode-only control, strata, k, health, lengths."""

from typing import Any

import polars as pl

from ssdmath.plots import curves, frames, marks, theme
from ssdmath.report import words
from ssdmath.report.blocks import Block, Column, Plot, Prose, Section, Table, Value, label, number
from ssdmath.report.material import Material
from ssdmath.report.temperatures import sweep


def choice(material: Material) -> Section:
    """Every arm at its best, base tuned with the same budget; the winner's curse corrected."""
    arms = material.chosen.get("arms", {})
    rule = str(material.chosen.get("rule", "")).rstrip(".")
    source = material.source(material.inputs.chosen)
    rows = [_winner(arm, entry) for arm, entry in arms.items()]
    rows += [
        _candidate(arm, candidate)
        for arm, entry in arms.items()
        for candidate in entry.get("runners_up", [])
    ]
    columns = [
        Column("arm", numeric=False),
        Column("place", numeric=False),
        Column("synthesis decoding", numeric=False),
        Column("step"),
        Column("evaluation decoding", numeric=False),
        Column("accuracy"),
        Column("95 % interval", "sorted by its lower end"),
        Column("corrected", "chosen on one half of validation, re-estimated on the other"),
        Column("optimism, points", "how much choosing flatters the winner"),
    ]
    table = Table("table-choice", "Winners and runners-up", columns, rows, source=source)
    blocks: list[Block] = [Prose([f"The rule, applied once, to validation alone: {rule}."])]
    blocks.append(_winners(material, arms, source))
    return Section("choice", "Each arm at its best", [*blocks, table] if arms else blocks[:1])


def _winners(material: Material, arms: dict[str, Any], source: str) -> Plot:
    names = material.conditions
    rows = [
        {
            "label": f"{arm} at {entry['winner']['decoding']}",
            "condition": _condition(arm, entry["winner"], names),
            "accuracy": entry["winner"]["mean"],
            "lo": entry["winner"]["lo"],
            "hi": entry["winner"]["hi"],
        }
        for arm, entry in arms.items()
    ]
    return Plot(
        id="figure-choice",
        title="Best-tuned base against the best of every arm",
        figure=marks.rates(pl.DataFrame(rows), names),
        reading=_tuned(arms),
        how="Validation accuracy of each arm's winner, before correcting for the choice.",
        source=source,
    )


def _condition(arm: str, winner: dict[str, Any], names: list[str]) -> str:
    plain = f"{arm} {winner.get('train_decoding')}"
    for name in (arm, plain, f"{plain}@{winner.get('step')}"):
        if name in names:
            return name
    return arm


def _tuned(arms: dict[str, Any]) -> str:
    said = [
        f"{arm} {words.percent(entry['corrected']['estimate'])}"
        for arm, entry in arms.items()
        if entry.get("corrected", {}).get("estimate") is not None
    ]
    return f"Corrected for the choice, the winners stand at: {', '.join(said)}." if said else ""


def _winner(arm: str, entry: dict[str, Any]) -> list[Value]:
    corrected = entry.get("corrected", {})
    estimate, optimism = corrected.get("estimate"), corrected.get("optimism")
    return [
        *_place(arm, "winner", entry["winner"]),
        number(estimate, words.percent(estimate)),
        number(optimism, f"{100 * (optimism or 0):.1f}"),
    ]


def _candidate(arm: str, candidate: dict[str, Any]) -> list[Value]:
    return [*_place(arm, "runner-up", candidate), number(None, ""), number(None, "")]


def _place(arm: str, place: str, candidate: dict[str, Any]) -> list[Value]:
    step = candidate.get("step")
    return [
        label(arm),
        label(place),
        label(candidate.get("train_decoding")),
        number(step, str(step)),
        label(candidate["decoding"]),
        number(candidate["mean"], words.percent(candidate["mean"])),
        number(candidate["lo"], words.interval(candidate["lo"], candidate["hi"])),
    ]


def control(material: Material) -> Section:
    """What decoding alone does: every decoding of base, best first."""
    cells = material.cells.filter(
        pl.col("condition") == "base", pl.col("split") == "validation", pl.col("stratum") == "all"
    ).sort("accuracy", "t_eval", descending=[True, False])
    rows = cells.with_columns(label=pl.col("decoding"))
    title = "What decoding alone does"
    if rows.height < 2:
        return Section("control", title, [Prose(["Base was evaluated at one decoding only."])])
    best, worst = rows.row(0, named=True), rows.row(-1, named=True)
    reading = (
        f"Without any training, base ranges from {words.percent(worst['accuracy'])} "
        f"({worst['decoding']}) to {words.percent(best['accuracy'])} ({best['decoding']})."
    )
    plot = Plot(
        id="figure-control",
        title="Base at every decoding of the grid",
        figure=marks.rates(rows, material.conditions),
        reading=reading,
        how="A trained model has to beat the best of these, not only base at its own temperature.",
        source=material.source(material.inputs.scores),
    )
    return Section("control", title, [plot])


def strata(material: Material) -> Section:
    """Accuracy by stratum, every condition at its own best decoding."""
    best = frames.best(material.cells).select("condition", "decoding")
    cells = material.cells.filter(pl.col("split") == "validation", pl.col("stratum") != "all").join(
        best, on=["condition", "decoding"], how="semi"
    )
    title = "By difficulty"
    if not cells.height:
        return Section("strata", title, [Prose(["The problems carry no strata."])])
    rows = frames.pooled(cells, ["accuracy", "lo", "hi"])
    base = rows.filter(pl.col("condition") == "base").sort("accuracy", descending=True)
    order = base["stratum"].to_list() or rows["stratum"].unique().sort().to_list()
    place = {stratum: i for i, stratum in enumerate(order)}
    ranked = rows.with_columns(
        place=pl.col("stratum").replace_strict(place, default=len(order), return_dtype=pl.Int64)
    ).sort("place")
    said = ", ".join(
        f"{row['stratum']} {words.percent(row['accuracy'])}" for row in base.to_dicts()
    )
    plot = Plot(
        id="figure-strata",
        title="Accuracy by stratum, each condition at its best decoding",
        figure=marks.strata(ranked, material.conditions),
        reading=f"Base solves {said}." if said else "",
        how="Bars: 95 % intervals within the stratum; strata have fewer problems than the whole.",
        source=material.source(material.inputs.scores),
    )
    return Section("strata", title, [plot])


def several_draws(material: Material) -> Section:
    """pass@k and maj@k of every condition at its best decoding."""
    best = frames.best(material.cells).select("condition", "decoding")
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
            figure=curves.over_k(table, f"{name}@k"),
            reading=_gain(table, name),
            how="Unbiased, from the draws really made; k is at most half of them.",
            source=material.source(material.inputs.scores),
        )
        blocks.append(plot)
    empty = [Prose(["Too few draws a problem for any k above 1."])]
    return Section("several", "Several draws: pass@k and maj@k", blocks or empty)


_MAJORITY = "the most frequent answer of k draws is right"


def _over_k(cells: pl.DataFrame, name: str, names: list[str]) -> pl.DataFrame:
    columns = [column for column in cells.columns if column.startswith(f"{name}@")]
    pooled = frames.pooled(cells, columns)
    long = pooled.unpivot(columns, index="condition", variable_name="k").drop_nulls()
    place = {condition: i for i, condition in enumerate(names)}
    return (
        long.with_columns(
            k=pl.col("k").str.split("@").list.last().cast(pl.Int64),
            place=pl.col("condition").replace_strict(place, return_dtype=pl.Int64),
        )
        .sort("place", "k")
        .select("condition", "k", "value")
    )


def _gain(table: pl.DataFrame, name: str) -> str:
    top = int(table["k"].max() or 1)  # type: ignore[arg-type]
    at = {
        k: dict(table.filter(pl.col("k") == k).select("condition", "value").rows())
        for k in (1, top)
    }
    said = [
        f"{condition} goes from {words.percent(value)} to {words.percent(at[top].get(condition))}"
        for condition, value in at[1].items()
        if condition == "base" or value == max(at[1].values())
    ]
    return f"From {name}@1 to {name}@{top}, {'; '.join(said)}."


def health(material: Material) -> Section:
    """Where draws end, how long they are, and the table of all cells."""
    cells, names = sweep(material), material.conditions
    source = material.source(material.inputs.scores)
    blocks: list[Block] = []
    if cells.height:
        blocks = [_ends(cells, source), _lengths(cells, names, material.cap, source)]
    return Section("health", "Health of the cells", [*blocks, cell_table(material)])


def _ends(cells: pl.DataFrame, source: str) -> Plot:
    columns = [f"share_{status}" for status in theme.STATUS if f"share_{status}" in cells.columns]
    pooled = frames.pooled(cells, columns)
    name = pl.format("{} · {}", "condition", "decoding")
    long = pooled.with_columns(label=name).unpivot(columns, index="label", variable_name="status")
    rows = long.rename({"value": "share"}).with_columns(pl.col("status").str.strip_prefix("share_"))
    rows = rows.filter(pl.col("share") > 0)
    means = {column: float(pooled[column].mean() or 0) for column in columns}  # type: ignore[arg-type]
    lost = ("length_stop", "unclosed_think", "no_box", "parse_fail", "timeout")
    said = [f"{s} {words.percent(means.get(f'share_{s}', 0))}" for s in lost]
    return Plot(
        id="figure-status",
        title="Where the draws end",
        figure=marks.statuses(rows),
        reading=f"Averaged over the cells shown: {', '.join(said)}.",
        how="A bar is one condition at one decoding, all draws. Only `correct` counts as correct; "
        "a draw that could not be judged (parse_fail, timeout) is shown as what it is.",
        source=source,
    )


def _lengths(cells: pl.DataFrame, names: list[str], cap: int | None, source: str) -> Plot:
    medians = frames.pooled(cells, ["tokens_median"]).drop_nulls("tokens_median")
    spread = medians.group_by("condition").agg(pl.col("tokens_median").mean()).rows()
    by = dict(spread)
    said = [f"{name} {by[name]:.0f}" for name in names if name in by]
    return Plot(
        id="figure-lengths",
        title="Length of completions",
        figure=curves.lengths(cells, names, cap),
        reading=f"Median tokens, averaged over T_eval: {', '.join(said)}." if said else "",
        how="Kaplan-Meier median, since a draw cut at the cap would have gone on. Band: the middle "
        "half. Dashed: the cap.",
        source=source,
    )


_CELLS: list[tuple[str, str, str, str]] = [
    ("completed", "accuracy_completed", "percent", "accuracy among draws that ended by themselves"),
    ("length stop", "share_length_stop", "percent", "share of draws cut at the cap"),
    ("unclosed", "share_unclosed_think", "percent", "ended without closing the thinking"),
    ("no box", "share_no_box", "percent", "closed, but no boxed answer"),
    ("parse fail", "share_parse_fail", "percent", "an answer that could not be read"),
    ("timeout", "share_timeout", "percent", "comparison did not end in time"),
    ("think closed", "think_closed", "percent", "share of draws that close their thinking"),
    ("boxed", "boxed", "percent", "share of draws with a boxed answer"),
    ("loop", "loop", "percent", "share of draws that end in a repetition loop"),
    ("markers", "markers", "plain", "uncertainty markers a draw (Wait, Hmm, let me check, ...)"),
    ("tokens", "tokens_median", "count", "Kaplan-Meier median"),
    ("answers", "distinct_answers", "plain", "distinct answers a problem"),
    ("within", "within_share", "percent", "share of the variance that lies within problems"),
]


def cell_table(material: Material) -> Table:
    """Every cell of the study with its accuracy, interval and health."""
    cells = material.cells.filter(pl.col("stratum") == "all")
    columns = [
        Column("model", numeric=False),
        Column("split", numeric=False),
        Column("decoding", numeric=False),
        Column("problems"),
        Column("draws"),
        Column("missing", "planned draws that are not there"),
        Column("accuracy", "correct of all drawn"),
        Column("95 % interval", "sorted by its lower end"),
        *[Column(head, help) for head, name, _, help in _CELLS if name in cells.columns],
    ]
    rows = [_cell(row) for row in cells.iter_rows(named=True)]
    source = material.source(material.inputs.scores)
    note = "Choose a column's head to sort by it. Intervals: " + ", ".join(
        sorted(set(cells["interval_method"].drop_nulls()))
    )
    return Table("table-cells", "All cells", columns, rows, note, source)


def _cell(row: dict[str, Any]) -> list[Value]:
    return [
        label(row["model"]),
        label(row["split"]),
        label(row["decoding"]),
        *[number(row[name], words.count(row[name])) for name in ("problems", "draws", "missing")],
        number(row["accuracy"], words.percent(row["accuracy"])),
        number(row["lo"], words.interval(row["lo"], row["hi"])),
        *[number(row[name], _shown(row[name], how)) for _, name, how, _ in _CELLS if name in row],
    ]


def _shown(value: float | None, how: str) -> str:
    if value is None:
        return "–"
    return {"percent": words.percent(value), "count": f"{value:.0f}"}.get(how, f"{value:.2f}")
