"""The report of a study: its sections in reading order."""

from pathlib import Path

from ssdmath.report.blocks import Group
from ssdmath.report.document import TEMPLATES, document
from ssdmath.report.results import Results
from ssdmath.report.sections import (
    accuracy,
    answer,
    by_problem,
    choice,
    composition,
    cost,
    data,
    decoding,
    difficulty,
    health,
    limits,
    looks,
    mechanism,
    outside,
    power,
    provenance,
    rates,
    released,
    rounds,
    several_draws,
    traces,
    training,
    verification,
    viewer,
)
from ssdmath.tables.atomic import atomic


def groups(results: Results) -> list[Group]:
    """All sections in reading order; provenance last, when every file has been read."""
    return [
        Group(
            "Results",
            [
                accuracy.accuracy(results),
                choice.choice(results),
                difficulty.difficulty(results),
                by_problem.by_problem(results),
                decoding.decoding(results),
                composition.composition(results),
                *power.power(results),
                several_draws.several_draws(results),
                *rounds.rounds(results),
                *rates.rates(results),
                *outside.outside(results),
            ],
            open={"accuracy", "choice"},
        ),
        Group(
            "Training",
            [training.training(results), *released.released(results), health.health(results)],
        ),
        Group("Mechanism", mechanism.sections(results)),
        Group(
            "Draws",
            [
                viewer.viewer(results),
                traces.traces(results),
                verification.verification(results),
                data.data(results),
            ],
        ),
        Group(
            "Record",
            [
                limits.limits(results),
                looks.looks(results),
                cost.cost(results),
                provenance.provenance(results),
            ],
            open={"limits"},
        ),
    ]


def render(results: Results) -> str:
    """The whole report as one HTML document."""
    first = answer.opening(results)
    title = f"{results.study.name}: {first.question}"
    return document(TEMPLATES / "page.html.j2", title, first, first.every_block, groups(results))


def write(results: Results, path: str | Path) -> None:
    """Write the report, atomically."""
    html = render(results)
    with atomic(path) as part:
        part.write_text(html, encoding="utf-8")
