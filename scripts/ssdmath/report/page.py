"""The page: sections in, one HTML file out that needs no network and lets nothing else run.

A content security policy admits exactly the scripts and the style sheet of this file, by hash.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ssdmath.report.blocks import Block, Group, Panels, Plot, Viewer
from ssdmath.report.escape import cleaned, for_script, visible
from ssdmath.report.figures import figure, theme
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

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("narrow.js", "page.js", "diff.js", "viewer.js")  # in this order; they share one scope
STYLES = ("style.css", "viewer.css")


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
                several_draws.several_draws(results),
                *rounds.rounds(results),
                *rates.rates(results),
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
    shown = groups(results)
    blocks = [block for group in shown for section in group.sections for block in section.blocks]
    blocks += first.every_block
    charts = dict(_charts(blocks))
    style, code, vega = "".join(map(_asset, STYLES)), _code(), figure.script()
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            opening=first,
            groups=shown,
            title=f"{results.study.name}: {first.question}",
            policy=_policy(style, [vega, code]),
            style=Markup(style),
            code=Markup(code),
            vega=Markup(vega),
            data={name: Markup(for_script(value)) for name, value in _data(charts, blocks)},
            heights={name: figure.reserved(spec) for name, spec in charts.items()},
        )
    )


def write(results: Results, path: str | Path) -> None:
    """Write the report, atomically."""
    html = render(results)
    with atomic(path) as part:
        part.write_text(html, encoding="utf-8")


def _charts(blocks: Sequence[Block]) -> list[tuple[str, dict[str, Any]]]:
    charts = [(block.id, block.figure.spec()) for block in blocks if isinstance(block, Plot)]
    for block in blocks:
        if isinstance(block, Panels):
            charts += [
                (f"{block.id}-{i}", figure_.spec()) for i, (_, figure_) in enumerate(block.plots)
            ]
    return charts


def _data(charts: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[str, Any]]:
    """What the page's script reads, each piece when it is first needed: element id, value."""
    yield "chart-config", theme.config("light")
    yield from ((f"spec-{name}", cleaned(spec)) for name, spec in charts.items())
    yield from (("viewer-data", block.data) for block in blocks if isinstance(block, Viewer))


def _code() -> str:
    """The page's own scripts as one, in a scope of its own."""
    return '(() => {\n"use strict";\n' + "".join(map(_asset, SCRIPTS)) + "})();\n"


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )


def _policy(style: str, scripts: list[str]) -> str:
    hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
