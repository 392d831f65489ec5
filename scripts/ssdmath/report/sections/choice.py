"""The section on choosing: each arm at its best, with the winner's curse corrected."""

from typing import Any

import polars as pl

from ssdmath.config.names import BASE
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Prose, Row, Section, Table, without
from ssdmath.report.columns import interval, number, percent, points, words
from ssdmath.report.figures import intervals, lines
from ssdmath.report.results import Results
from ssdmath.report.sections.race import race

TITLE = "Each arm at its best"
COLUMNS = (
    words("arm"),
    words("place"),
    words("synthesis decoding", lambda row: row.get("train_decoding")),
    number("step", lambda row: row.get("step"), str),
    words("evaluation decoding", "decoding"),
    percent("accuracy", "mean"),
    interval(),
    percent(
        "corrected",
        lambda row: row.get("estimate"),
        "chosen on one half of validation, re-estimated on the other",
    ),
    points(
        "optimism, points",
        lambda row: row.get("optimism"),
        "how much choosing overstates the winner",
        plus=False,
    ),
)


def choice(results: Results) -> Section:
    """Every arm at its best on validation, base included, and the runners-up."""
    arms = results.chosen.get("arms", {})
    if not arms:
        return without("choice", TITLE, "Nothing was chosen in this study.")
    rule = str(results.chosen.get("rule", "")).rstrip(".")
    source = results.source(results.inputs.chosen)
    rows: list[Row] = [
        {"arm": arm, "place": "winner"} | entry["winner"] | entry.get("corrected", {})
        for arm, entry in arms.items()
    ]
    rows += [
        {"arm": arm, "place": "runner-up"} | candidate
        for arm, entry in arms.items()
        for candidate in entry.get("runners_up", [])
    ]
    table = Table("table-choice", "Winners and runners-up", COLUMNS, rows, source=source)
    lead = [f"The rule, applied once and to validation only: {rule}.", _breadth(arms)]
    blocks = [Prose(lead), _winners(results, arms, source), *_tuning(results, arms, source), table]
    blocks += race(results.chosen, source)
    return Section("choice", TITLE, blocks)


def _tuning(results: Results, arms: dict[str, Any], source: str) -> list[Block]:
    """What tuning buys each arm: accuracy of the best of k cells against k."""
    names = results.conditions
    rows = [
        {
            "condition": _condition(arm, entry["winner"], names),
            "k": point["k"],
            "value": point["accuracy"],
        }
        for arm, entry in arms.items()
        for point in entry.get("best_of_k", [])
    ]
    if not rows:
        return []
    table = pl.DataFrame(rows).filter(pl.col("condition").is_in(names))
    first_and_last = table.group_by("condition", maintain_order=True).agg(
        first=pl.col("value").first(), last=pl.col("value").last(), k=pl.col("k").max()
    )
    gains = [
        f"{row['condition']} {fmt.points(row['last'] - row['first'])} over {row['k']} cells"
        for row in first_and_last.to_dicts()
    ]
    plot = Plot(
        id="figure-best-of-k",
        title="How much tuning buys whom: accuracy of the best of k random cells",
        figure=lines.over_k(table, "accuracy", names),
        reading=f"From one cell to all: {', '.join(gains)}.",
        how="The best of k cells is chosen on one half of the validation problems and read on the "
        "other, in many random halves: the test split has the one chosen cell of each arm.",
        source=source,
    )
    return [plot]


def _breadth(arms: dict[str, Any]) -> str:
    """Among how many cells each arm was chosen; the control should not have fewer than others."""
    cells = {arm: int(entry.get("candidates", 0)) for arm, entry in arms.items()}
    sentence = f"Cells to choose from: {', '.join(f'{arm} {n}' for arm, n in cells.items())}."
    wider = [arm for arm, n in cells.items() if n > cells.get(BASE, n)]
    if not wider:
        return sentence
    return (
        f"{sentence} Base was tuned over fewer than {' and '.join(wider)}, so its best may be "
        "understated."
    )


def _winners(results: Results, arms: dict[str, Any], source: str) -> Plot:
    names = results.conditions
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
        title="Tuned base against the best of every arm, validation problems",
        figure=intervals.rates(pl.DataFrame(rows), names),
        reading=_corrected(arms),
        how="Accuracy of each arm's winner, before the correction for having chosen it.",
        source=source,
    )


def _condition(arm: str, winner: dict[str, Any], names: list[str]) -> str:
    plain = f"{arm} {winner.get('train_decoding')}"
    for name in (arm, plain, f"{plain}@{winner.get('step')}"):
        if name in names:
            return name
    return arm


def _corrected(arms: dict[str, Any]) -> str:
    rates = [
        f"{arm} {fmt.percent(entry['corrected']['estimate'])}"
        for arm, entry in arms.items()
        if entry.get("corrected", {}).get("estimate") is not None
    ]
    return f"Accuracy corrected for the choice: {', '.join(rates)}." if rates else ""
