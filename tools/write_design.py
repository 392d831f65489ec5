"""Write docs/design.md's example from a design that was made (`make docs`).

`docs/design.json` keeps its numbers, `docs/design.svg` its chart. The page's block between the two
markers is rendered from that file alone, so a test can hold one against the other.
"""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from ssdmath.plan import design_page

ROOT = Path(__file__).resolve().parents[1]
PAGE, NUMBERS, CHART = (ROOT / "docs" / f"design.{kind}" for kind in ("md", "json", "svg"))
BEGIN, END = "<!-- design:begin -->\n", "<!-- design:end -->"


def block(numbers: dict[str, Any]) -> str:
    """Render the design with its headings one level down."""
    lines = design_page.markdown(numbers).splitlines()
    return "".join(f"{'#' * line.startswith('#')}{line}\n" for line in lines)


def replaced(page: str, content: str) -> str:
    """Put the content between the markers of a page; ValueError without them."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError("docs/design.md: found no single design:begin and design:end")
    before, rest = page.split(BEGIN)
    return before + BEGIN + content + END + rest.split(END)[1]


def main() -> None:
    """Refresh numbers and chart if a study is given, then the page's block."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="folder with a design, results/qwen3.5-4b")
    study = parser.parse_args().study
    if study is not None:
        if not (study / "design.json").exists():
            parser.error(f"{study}: found no design.json; allowed: after snakemake design")
        shutil.copyfile(study / "design.json", NUMBERS)
        shutil.copyfile(study / "design.svg", CHART)
    PAGE.write_text(replaced(PAGE.read_text(), block(json.loads(NUMBERS.read_text()))))


if __name__ == "__main__":
    main()
