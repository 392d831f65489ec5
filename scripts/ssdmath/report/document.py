"""A page from its groups of sections: one HTML file that needs no network and runs nothing else.

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

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("narrow.js", "page.js", "diff.js", "viewer.js")  # in this order; they share one scope
STYLES = ("style.css", "viewer.css")
WIDTH, PANELS = 900, 3  # pixels of a chart on a desk, and the most panels beside each other


def document(
    template: Path, title: str, opening: Any, first: Sequence[Block], groups: Sequence[Group]
) -> str:
    """The page that a template makes of its first screen and of groups of sections.

    The template extends `layout.html.j2`. `opening` is what it shows first; `first` are the blocks
    in that.
    """
    blocks = [block for group in groups for section in group.sections for block in section.blocks]
    blocks += first
    charts = dict(_charts(blocks))
    heights = {name: figure.reserved(spec, width) for name, (spec, width) in charts.items()}
    style, code, vega = "".join(map(_asset, STYLES)), _code(), figure.script()
    return (
        _environment(template.parent)
        .get_template(template.name)
        .render(
            opening=opening,
            groups=groups,
            title=title,
            policy=_policy(style, [vega, code]),
            style=Markup(style),
            code=Markup(code),
            vega=Markup(vega),
            data={name: Markup(for_script(value)) for name, value in _data(charts, blocks)},
            heights=heights,
        )
    )


def _charts(blocks: Sequence[Block]) -> Iterator[tuple[str, tuple[dict[str, Any], int]]]:
    """The id of each chart, its specification, and about how wide it is on a desk, in pixels."""
    for block in blocks:
        if isinstance(block, Plot):
            yield block.id, (block.figure.spec(), WIDTH)
        elif isinstance(block, Panels):
            width = WIDTH // min(len(block.plots), PANELS)
            for i, (_, chart) in enumerate(block.plots):
                yield f"{block.id}-{i}", (chart.spec(), width)


def _data(charts: Mapping[str, Any], blocks: Sequence[Block]) -> Iterator[tuple[str, Any]]:
    """What the page's script reads, each piece when it is first needed: element id, value."""
    yield "chart-config", theme.config("light")
    yield from ((f"spec-{name}", cleaned(spec)) for name, (spec, _) in charts.items())
    yield from (("viewer-data", block.data) for block in blocks if isinstance(block, Viewer))


def _code() -> str:
    """The page's own scripts as one, in a scope of its own."""
    return '(() => {\n"use strict";\n' + "".join(map(_asset, SCRIPTS)) + "})();\n"


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, TEMPLATES]),
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
