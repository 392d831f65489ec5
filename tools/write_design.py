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
from ssdmath.tables import markdown

ROOT = Path(__file__).resolve().parents[1]
PAGE, NUMBERS, CHART = (ROOT / "docs" / f"design.{kind}" for kind in ("md", "json", "svg"))
BLOCK = "design"  # of the page


def block(numbers: dict[str, Any]) -> str:
    """Render the design with its headings one level down."""
    lines = design_page.markdown(numbers).splitlines()
    return "".join(f"{'#' * line.startswith('#')}{line}\n" for line in lines)


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
    content = block(json.loads(NUMBERS.read_text()))
    PAGE.write_text(markdown.replaced(PAGE.read_text(), BLOCK, content))


if __name__ == "__main__":
    main()
