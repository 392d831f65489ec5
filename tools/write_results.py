"""Write tables of results into pages, from finished studies (`make docs`).

A JSON file in `docs/` keeps the numbers and says what they were made from. The block between two
markers of a page is rendered from that file alone, so a test can hold one against the other.
"""

import argparse
import json
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import results_attribution as attribution
import results_contrasts as contrasts
import results_decodings as decodings
import results_machines as machines
import results_mechanism as mechanism
import results_outside as outside
import results_rates as rates
import results_rounds as rounds

from ssdmath.tables import markdown

DOCS = Path(__file__).resolve().parents[1] / "docs"


class Place(NamedTuple):
    """A block of a page: the study it shows, where its numbers are kept, and who makes both."""

    study: str
    numbers: Path
    page: Path
    block: str
    table: ModuleType  # `collect` takes the numbers of a study's folder, `block` renders them

    def shown(self, page: str, numbers: dict[str, Any]) -> str:
        """The page with these numbers in its block."""
        return markdown.replaced(page, self.block, self.table.block(numbers))


README = DOCS.parent / "README.md"
WORLD, DECODING = DOCS / "micro-world.md", "micro-decoding"
MECHANISM, NEXT = DOCS / "mechanism.md", "micro-next"
NARROW, CHECKPOINTS = "micro-outside-narrow", DOCS / "checkpoints.md"
LAPTOP, ARITHMETIC = DOCS / "laptop.md", "smollm2-arithmetic"
PLACES = (
    Place("micro", DOCS / "results.json", README, "results", contrasts),
    Place("micro", machines.NUMBERS, README, "machines", machines),
    Place(DECODING, DOCS / "results-micro-decoding.json", WORLD, "results", contrasts),
    Place(DECODING, DOCS / "results-attribution.json", WORLD, "attribution", attribution),
    Place("micro-arms", DOCS / "results-arms.json", WORLD, "arms", attribution),
    Place(DECODING, DOCS / "results-mechanism.json", MECHANISM, "mechanism", mechanism),
    Place(NEXT, DOCS / "results-next.json", MECHANISM, "next", contrasts),
    Place(NEXT, DOCS / "results-next-attribution.json", MECHANISM, "causes", attribution),
    Place(NEXT, DOCS / "results-rounds.json", MECHANISM, "rounds", rounds),
    Place("micro-outside", DOCS / "results-outside.json", WORLD, "outside", outside),
    Place(NARROW, DOCS / "results-outside-narrow.json", WORLD, "outside-narrow", outside),
    Place("smollm2", DOCS / "results-smollm2.json", CHECKPOINTS, "smollm2", decodings),
    Place(ARITHMETIC, DOCS / "results-smollm2-arithmetic.json", LAPTOP, "arithmetic", decodings),
    Place("micro-rates", DOCS / "results-rates.json", MECHANISM, "rates", rates),
)


def main() -> None:
    """Refresh the numbers of a study if one is given, then the block of every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, help="folder of a finished study, results/micro")
    study = parser.parse_args().study
    if study is not None:
        allowed = list(dict.fromkeys(place.study for place in PLACES))
        if study.name not in allowed:
            parser.error(f"{study}: found study {study.name}; allowed: {', '.join(allowed)}")
        if not (study / "report.html").exists():
            parser.error(f"{study}: found no report.html; allowed: a finished study")
    for place in PLACES:
        if study is not None and study.name == place.study:
            text = json.dumps(place.table.collect(study), indent=2, sort_keys=True)
            place.numbers.write_text(text + "\n")
        numbers = json.loads(place.numbers.read_text())
        place.page.write_text(place.shown(place.page.read_text(), numbers))


if __name__ == "__main__":
    main()
