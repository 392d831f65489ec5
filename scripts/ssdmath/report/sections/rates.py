"""The section on learning rates and adapters: arms that differ in nothing but how they train."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ssdmath.config.evaluation import CHOSEN, ContrastConfig
from ssdmath.config.names import BASE
from ssdmath.config.study import Study
from ssdmath.report import format as fmt
from ssdmath.report.blocks import Block, Plot, Section, Table
from ssdmath.report.columns import interval, number, percent, points, words
from ssdmath.report.figures import conditions
from ssdmath.report.figures import rates as figure
from ssdmath.report.results import Results

TITLE = "Learning rate and adapters"
ALL_WEIGHTS = "all weights"
COLUMNS = (
    words("arm"),
    words("verdict", help_="of the declared contrast with base, each at its best"),
    words("trains"),
    number("learning rate", "rate", "{:g}".format, "the highest one"),
    percent("accuracy", help_="at its best decoding, on validation"),
    points("difference to base, points", "delta"),
    interval(),
    words("split", help_="of the difference"),
)


def rates(results: Results) -> list[Section]:
    """Each group of arms that differ only in their training; no section without such a group."""
    blocks: list[Block] = []
    for names in alike(results.study):
        of_arms = [row(results, name) for name in names]
        blocks += [*_figure(results, of_arms), _table(results, of_arms)]
    return [Section("rates", TITLE, blocks)] if blocks else []


def alike(study: Study) -> list[list[str]]:
    """Groups of arms with the same samples and loss, in which an arm has a training of its own."""
    groups: dict[str, list[str]] = {}
    for name, arm in study.trained.items():
        groups.setdefault(arm.model_dump_json(exclude={"training"}), []).append(name)
    own = {name for name, arm in study.trained.items() if arm.training is not None}
    return [names for names in groups.values() if own & set(names)]


def row(results: Results, arm: str) -> dict[str, Any]:
    """How an arm trains, its accuracy at its best on validation, its difference to base."""
    training = results.study.training_of(arm)
    lora = training.lora
    cells = conditions.best(results.all_strata("validation").filter(arm=arm))
    best = cells.sort("accuracy")["accuracy"].to_list()[-1:]
    of_arm: dict[str, Any] = {
        "arm": arm,
        "rate": training.learning_rate,
        "trains": ALL_WEIGHTS if lora is None else f"adapters of rank {lora.rank}",
        "accuracy": best[0] if best else None,
    }
    names = [contrast.name for contrast in _against_base(results.study, arm)]
    declared = results.contrasts.filter(pl.col("contrast").is_in(names)).to_dicts()
    keys = ("delta", "lo", "hi", "verdict", "split")
    return of_arm | {key: declared[0][key] if declared else None for key in keys}


def _against_base(study: Study, arm: str) -> Iterator[ContrastConfig]:
    """The declared contrasts of an arm with base, each at its best; test before validation."""
    for split in ("test", "validation"):
        for contrast in study.contrasts:
            sides = [(side.arm, side.decoding) for side in (contrast.a, contrast.b)]
            if contrast.split == split and sides == [(arm, CHOSEN), (BASE, CHOSEN)]:
                yield contrast


def _figure(results: Results, rows: list[dict[str, Any]]) -> Iterator[Block]:
    compared = [row for row in rows if row["delta"] is not None]
    if not compared:
        return
    frame = pl.DataFrame(compared).sort("trains", "rate")
    ends = sorted(compared, key=lambda row: row["delta"])
    lowest, highest = (f"{fmt.points(end['delta'])} ({end['arm']})" for end in (ends[0], ends[-1]))
    yield Plot(
        id=f"figure-rates-{rows[0]['arm']}",
        title=f"{rows[0]['arm']} against base, each at its best, by learning rate",
        figure=figure.rates(frame),
        reading=f"From {lowest} to {highest}.",
        how="All arms here train on the same kind of samples for the same number of steps. If the "
        "difference rises with the rate, training was too gentle to show what its samples can do; "
        "if it falls, training itself costs something. Bars: 95 % intervals.",
        source=results.source(results.inputs.contrasts),
    )


def _table(results: Results, rows: list[dict[str, Any]]) -> Table:
    source = results.source(results.inputs.scores, results.inputs.contrasts)
    title = f"Trainings of {rows[0]['arm']}, in numbers"
    note = "A dash: no contrast of this arm with base, each at its best, was declared."
    return Table(f"table-rates-{rows[0]['arm']}", title, COLUMNS, rows, note, source)
