"""The page: sections in, one HTML file out that needs no network and lets nothing else run.

A content security policy admits exactly the scripts and the style sheet of this file, by hash.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ssdmath.plots import figure, theme
from ssdmath.report import (
    best,
    draws,
    grid,
    health,
    mechanism,
    opening,
    problems,
    record,
    temperatures,
    training,
    verification,
)
from ssdmath.report.blocks import Panels, Plot, Section, Viewer
from ssdmath.report.material import Material
from ssdmath.report.text import cleaned, for_script, visible
from ssdmath.tables import atomic

TEMPLATES = Path(__file__).parent / "templates"


def sections(material: Material) -> list[Section]:
    """All sections in reading order; provenance last, when every file has been read."""
    return [
        temperatures.accuracy(material),
        temperatures.composition(material),
        best.choice(material),
        best.control(material),
        grid.strata(material),
        grid.several_draws(material),
        health.health(material),
        training.training(material),
        *mechanism.sections(material),
        verification.verification(material),
        draws.traces(material),
        draws.viewer(material),
        problems.data(material),
        record.cost(material),
        record.limits(material),
        record.provenance(material),
    ]


def render(material: Material) -> str:
    """The whole report as one HTML document."""
    first = opening.opening(material)
    made = sections(material)
    blocks = [block for section in made for block in section.blocks] + first.blocks
    data = {
        "config": theme.config("light"),
        "charts": {name: cleaned(spec) for name, spec in _charts(blocks)},
        "viewer": next((block.data for block in blocks if isinstance(block, Viewer)), None),
    }
    style, code, vega = _asset("style.css"), _asset("page.js"), figure.script()
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            opening=first,
            sections=made,
            title=f"{material.study.get('name', 'study')}: SSD on competition math",
            policy=_policy(style, [vega, code]),
            style=Markup(style),
            code=Markup(code),
            vega=Markup(vega),
            data=Markup(for_script(data)),
        )
    )


def write(material: Material, path: str | Path) -> None:
    """Write the report, atomically."""
    html = render(material)
    with atomic(path) as part:
        part.write_text(html, encoding="utf-8")


def _charts(blocks: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    charts = [(block.id, block.figure.spec()) for block in blocks if isinstance(block, Plot)]
    for block in blocks:
        if isinstance(block, Panels):
            charts += [(f"{block.id}-{i}", made.spec()) for i, (_, made) in enumerate(block.plots)]
    return charts


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters["visible"] = visible
    return environment


def _policy(style: str, scripts: list[str]) -> str:
    hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
