"""The page of judged samples: the theme, figures and sections of a study's report."""

from pathlib import Path

from ssdmath.imported.opening import opening
from ssdmath.imported.results import Judged
from ssdmath.imported.sections import groups
from ssdmath.report.document import document
from ssdmath.tables.atomic import atomic

TEMPLATE = Path(__file__).parent / "templates" / "judged.html.j2"


def write(judged: Judged, path: Path) -> None:
    """Write the page, atomically; the tables that it names have been written already."""
    first = opening(judged)
    title = f"Judged samples: {first.question}"
    html = document(TEMPLATE, title, first, [*first.plots, *first.tables], groups(judged))
    with atomic(path) as part:
        part.write_text(html, encoding="utf-8")
