"""Write tables of results into pages, from finished studies (`make docs`).

A JSON file in `docs/` keeps the numbers and says what they were made from. The block between two
markers of a page is rendered from that file alone, so a test can hold one against the other.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import results_attribution
import results_contrasts
import results_decodings
import results_machines
import results_mechanism
import results_outside
import results_rates
import results_rounds

from ssdmath.tables import markdown

DOCS = Path(__file__).resolve().parents[1] / "docs"
Numbers = dict[str, Any]


class Place(NamedTuple):
    """A block of a page: the study it shows, where its numbers are kept, and how both are made."""

    study: str
    numbers: Path
    page: Path
    block: str
    collect: Callable[[Path], Numbers]
    render: Callable[[Numbers], str]

    def shown(self, page: str, numbers: Numbers) -> str:
        """The page with these numbers in its block."""
        return markdown.replaced(page, self.block, self.render(numbers))


_CONTRASTS = (results_contrasts.collect, results_contrasts.block)
_MECHANISM = (results_mechanism.collect, results_mechanism.block)
_ATTRIBUTION = (results_attribution.collect, results_attribution.block)
_MACHINES = (results_machines.collect, results_machines.block)
_ROUNDS = (results_rounds.collect, results_rounds.block)
_RATES = (results_rates.collect, results_rates.block)
_OUTSIDE = (results_outside.collect, results_outside.block)
_DECODINGS = (results_decodings.collect, results_decodings.block)
README = DOCS.parent / "README.md"
WORLD, DECODING = DOCS / "micro-world.md", "micro-decoding"
MECHANISM, NEXT = DOCS / "mechanism.md", "micro-next"
NARROW, CHECKPOINTS = "micro-outside-narrow", DOCS / "checkpoints.md"
PLACES = (
    Place("micro", DOCS / "results.json", README, "results", *_CONTRASTS),
    Place("micro", results_machines.NUMBERS, README, "machines", *_MACHINES),
    Place(DECODING, DOCS / "results-micro-decoding.json", WORLD, "results", *_CONTRASTS),
    Place(DECODING, DOCS / "results-attribution.json", WORLD, "attribution", *_ATTRIBUTION),
    Place("micro-arms", DOCS / "results-arms.json", WORLD, "arms", *_ATTRIBUTION),
    Place(DECODING, DOCS / "results-mechanism.json", MECHANISM, "mechanism", *_MECHANISM),
    Place(NEXT, DOCS / "results-next.json", MECHANISM, "next", *_CONTRASTS),
    Place(NEXT, DOCS / "results-next-attribution.json", MECHANISM, "causes", *_ATTRIBUTION),
    Place(NEXT, DOCS / "results-rounds.json", MECHANISM, "rounds", *_ROUNDS),
    Place("micro-outside", DOCS / "results-outside.json", WORLD, "outside", *_OUTSIDE),
    Place(NARROW, DOCS / "results-outside-narrow.json", WORLD, "outside-narrow", *_OUTSIDE),
    Place("smollm2", DOCS / "results-smollm2.json", CHECKPOINTS, "smollm2", *_DECODINGS),
    Place("micro-rates", DOCS / "results-rates.json", MECHANISM, "rates", *_RATES),
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
            text = json.dumps(place.collect(study), indent=2, sort_keys=True)
            place.numbers.write_text(text + "\n")
        numbers = json.loads(place.numbers.read_text())
        place.page.write_text(place.shown(place.page.read_text(), numbers))


if __name__ == "__main__":
    main()
