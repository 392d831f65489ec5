"""Simulate studies in which nothing was trained and count their findings (docs/placebo.md).

The draws that a finished study recorded of base and of its placebo are the whole world: its
problems are drawn anew, then draws of each. Two arms of that one model choose their own decoding
and meet on new problems, by the code of the rules `choose` and `contrasts`.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from placebo_page import page, summary
from placebo_world import TEST, VALIDATION, World

from ssdmath.config.names import BASE, PLACEBO, Cell, Run
from ssdmath.config.terms import NAIVE, PRIMARY
from ssdmath.contrasts import resolve
from ssdmath.contrasts.choose import choose
from ssdmath.contrasts.table import contrasts
from ssdmath.tables import atomic

ROOT = Path(__file__).resolve().parents[1]
STUDIES, RESAMPLES, MARGIN = 4_000, 2_000, 0.02


def null_study(world: World, runs: int, seed: int) -> dict[str, Any]:
    """One study of base against an arm that is base: both choose, both are tested, one contrast.

    With `runs` = 1 the arm is the placebo, else it has so many runs that are all base.
    """
    rng = np.random.default_rng([seed, runs])
    arm = PLACEBO if runs == 1 else NAIVE
    others = [PLACEBO] if runs == 1 else [Run(NAIVE, "t1", at).at(1) for at in range(runs)]
    rows, problems = world.problems(VALIDATION, rng)
    seen = [Cell(m, VALIDATION, slug, 0) for m in [BASE, *others] for slug in world.decodings]
    drawn = world.answers(seen, rows, problems["id"], rng)
    # Intervals and the correction for optimism do not touch the choice, so they are kept short.
    choice = choose(drawn, problems, min_draws=world.draws, seed=seed, splits=2, resamples=100)
    asked = {"name": "null", "family": PRIMARY, "split": TEST, "a": {"arm": arm}}
    declared = resolve.all_of([asked | {"b": {"arm": BASE}}], choice["arms"], {arm: range(runs)})
    rows, problems = world.problems(TEST, rng)
    sides = (declared[0].a, declared[0].b)
    tested = [Cell(model, TEST, side.decoding, 0) for side in sides for model in side.models]
    drawn = world.answers(tested, rows, problems["id"], rng)
    table = contrasts(drawn, problems, declared, seed=seed, resamples=RESAMPLES, margin=MARGIN)
    a, b = (side.decoding for side in sides)
    rates = dict(zip(world.decodings, world.rates.tolist(), strict=True))
    found = table.select("delta", "lo", "hi", "p_holm", "verdict").row(0, named=True)
    return {"a": a, "b": b, "true": rates[a] - rates[b], **found}


def simulate(world: World, studies: int, said: Callable[[str], None]) -> dict[str, Any]:
    """Simulate so many null studies, half as many of an arm with runs; all numbers of the page."""
    designs = {}
    for runs in sorted({1, world.runs}):
        begun = time.monotonic()
        rows = []
        count = studies if runs == 1 else max(1, studies // 2)
        for seed in range(count):
            rows.append(null_study(world, runs, seed))
            if (seed + 1) % 500 == 0:
                said(f"{runs} runs: {seed + 1} of {count}, {time.monotonic() - begun:.0f} s")
        designs[str(runs)] = summary(rows)
    return {
        "validation": world.validation,
        "problems": world.sizes,
        "draws": world.draws,
        "recorded draws": int(world.count.min()),
        "resamples": RESAMPLES,
        "accuracy": dict(zip(world.decodings, np.round(world.rates, 6).tolist(), strict=True)),
        "designs": designs,
    }


def main() -> None:
    """Simulate anew from a study's draws, or write the page once more from the kept numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ROOT / "results" / "micro-decoding")
    parser.add_argument("--studies", type=int, default=STUDIES, help="simulated studies a design")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--page", action="store_true", help="only the page, from the kept numbers")
    args = parser.parse_args()
    kept = args.docs / "placebo.json"
    if not args.page:
        try:
            world = World.read(args.study)
        except ValueError as error:
            parser.error(str(error))
        numbers = simulate(world, args.studies, lambda line: print(line, file=sys.stderr))
        atomic.write_json({"study": args.study.name} | numbers, kept)
    with atomic.atomic(args.docs / "placebo.md") as part:
        part.write_text(page(atomic.read_json(kept)))


if __name__ == "__main__":
    main()
