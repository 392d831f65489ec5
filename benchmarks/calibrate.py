"""Simulate studies, see whether the intervals hold, write docs/calibration.md and its figure."""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import calibration_runs
import calibration_studies as calibration
from calibration_figure import figure
from calibration_page import page
from calibration_runs import Design
from calibration_world import World

from ssdmath.tables import atomic

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZES = [(n, k) for n in (100, 300, 1000) for k in (1, 4, 8)]
ENDS = [(World(0.15, 3.0), 66, 4), (World(0.15, 3.0), 100, 8), (World(3.0, 0.15), 300, 8)]
MIDDLE = [(World(), n, k) for n in (30, 100) for k in (1, 4)]
RUNS = [Design(runs, sd) for sd in (0.0, 0.01, 0.02, 0.03) for runs in (2, 3, 4, 6)]
UNEQUAL = [Design(runs, 0.02, ratio=4.0) for runs in (2, 4, 6)]
SHARED = [Design(4, 0.02, shared=True)]
RESAMPLES, FEWER = 4_000, 2_000


def simulate(*, studies: int, seed: int) -> dict[str, Any]:
    """Simulate `studies` studies per setting, half of it for the family of ten and for runs."""
    begun = time.process_time()
    some = max(1, studies // 2)
    full = {"studies": studies, "resamples": RESAMPLES, "seed": seed}
    quick = full | {"resamples": FEWER}

    def over_runs(designs: list[Design]) -> list[dict[str, Any]]:
        return [
            row
            for design in designs
            for row in _logged(iter(calibration_runs.runs(design, studies=some, seed=seed)))
        ]

    tables = {
        "runs": over_runs(RUNS),
        "unequal": over_runs(UNEQUAL),
        "shared": over_runs(SHARED),
        "grid": list(_logged(calibration.grid(n, k, **full) for n, k in SIZES)),
        "family": list(
            _logged(calibration.family(n, k, **(quick | {"studies": some})) for n, k in SIZES)
        ),
        "single": list(_logged(calibration.methods(w, n, k, **quick) for w, n, k in MIDDLE + ENDS)),
        "related": list(_logged(calibration.families(300, 5, k, **quick) for k in (1, 4))),
    }
    minutes = (time.process_time() - begun) / 60
    return {
        "effort": f"{minutes:.0f} processor minutes",
        "studies": studies,
        "studies of runs": some,
        "resamples": RESAMPLES,
        "tables": tables,
    }


def write(numbers: dict[str, Any], docs: Path) -> None:
    """Write the page and its figure."""
    drawn = docs / "calibration.svg"
    with atomic.atomic(drawn) as part:
        part.write_text(figure(numbers["tables"]["grid"]))
    with atomic.atomic(docs / "calibration.md") as part:
        part.write_text(page(numbers, drawn.name))


def _logged(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    begun = time.monotonic()
    for row in rows:
        shown = {key: round(float(x), 4) if isinstance(x, float) else x for key, x in row.items()}
        print(f"{time.monotonic() - begun:6.0f} s  {shown}", file=sys.stderr, flush=True)
        yield row


def main() -> None:
    """Simulate anew, or write the page once more from the numbers that are kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="only the page, from the kept numbers")
    kept = DOCS / "calibration.json"
    if not parser.parse_args().page:
        atomic.write_json(simulate(studies=4_000, seed=0), kept)
    write(atomic.read_json(kept), DOCS)


if __name__ == "__main__":
    main()
