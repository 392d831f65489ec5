"""Sections on tuning: each arm at its best, and what decoding alone does to base."""

from typing import Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Column, Plot, Prose, Section, Table, Value, label, number
from ssdmath.report.figures import intervals
from ssdmath.report.inputs import Material


def choice(material: Material) -> Section:
    """Every arm at its best, base tuned with the same budget; the winner's curse corrected."""
    arms = material.chosen.get("arms", {})
    if not arms:
        return Section("choice", _CHOICE, [Prose(["Nothing was chosen in this study."])])
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
    said = [f"The rule, applied once, to validation alone: {rule}.", _breadth(arms)]
    blocks: list[Block] = [Prose(said)]
    blocks += [_winners(material, arms, source), table]
    return Section("choice", _CHOICE, blocks)


_CHOICE = "Each arm at its best"


def _breadth(arms: dict[str, Any]) -> str:
    """Among how many cells each arm chose: the control should not have fewer than any other."""
    number = {arm: int(entry.get("candidates", 0)) for arm, entry in arms.items()}
    said = f"Cells to choose from: {', '.join(f'{arm} {cells}' for arm, cells in number.items())}."
    wider = [arm for arm, cells in number.items() if cells > number.get(BASE, cells)]
    if not wider:
        return said
    return f"{said} Base was tuned over fewer than {' and '.join(wider)}: its best may be better."


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
        figure=intervals.rates(pl.DataFrame(rows), names),
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
        f"{arm} {fmt.percent(entry['corrected']['estimate'])}"
        for arm, entry in arms.items()
        if entry.get("corrected", {}).get("estimate") is not None
    ]
    return f"Corrected for the choice, the winners stand at: {', '.join(said)}." if said else ""


def _winner(arm: str, entry: dict[str, Any]) -> list[Value]:
    corrected = entry.get("corrected", {})
    estimate, optimism = corrected.get("estimate"), corrected.get("optimism")
    return [
        *_place(arm, "winner", entry["winner"]),
        number(estimate, fmt.percent(estimate)),
        number(optimism, fmt.signed(optimism or 0)),
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
        number(candidate["mean"], fmt.percent(candidate["mean"])),
        number(candidate["lo"], fmt.interval(candidate["lo"], candidate["hi"])),
    ]


def control(material: Material) -> Section:
    """What decoding alone does: every decoding of base, best first."""
    cells = material.cells.filter(
        pl.col("condition") == "base", pl.col("split") == "validation", pl.col("stratum") == "all"
    ).sort("accuracy", "t_eval", descending=[True, False])
    rows = cells.with_columns(label=pl.col("decoding"))
    title = "What decoding alone does"
    if rows.height < 2:
        return Section("decoding", title, [Prose(["Base was evaluated at one decoding only."])])
    best, worst = rows.row(0, named=True), rows.row(-1, named=True)
    reading = (
        f"Without any training, base ranges from {fmt.percent(worst['accuracy'])} "
        f"({worst['decoding']}) to {fmt.percent(best['accuracy'])} ({best['decoding']})."
    )
    plot = Plot(
        id="figure-control",
        title="Base at every decoding of the grid",
        figure=intervals.rates(rows, material.conditions),
        reading=reading,
        how="A trained model has to beat the best of these, not only base at its own temperature.",
        source=material.source(material.inputs.scores),
    )
    return Section("decoding", title, [plot])
