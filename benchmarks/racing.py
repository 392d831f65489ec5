"""Simulate races on validation (docs/racing.md): what they spare, and how good what they keep is.

Every study is raced by the code of the rule `race_<rung>`, and chooses once more from the full grid
and from a grid that was given the race's draws. The chosen cells then meet on new problems.
"""

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from racing_page import replaced
from racing_world import Believed, Micro, World
from racing_world import Model as Simulated

from ssdmath.config.config_file import read_config
from ssdmath.config.names import BASE, Model
from ssdmath.config.racing import RacingConfig
from ssdmath.config.study import Study, load
from ssdmath.contrasts.candidates import Key
from ssdmath.contrasts.race import RaceSettings, decide
from ssdmath.grid import pins
from ssdmath.stats.paired import difference
from ssdmath.stats.resampling import Floats, Ints

ROOT = Path(__file__).resolve().parents[1]
NEAR = 0.005  # half a point
RESAMPLES = 1000


class Kept(NamedTuple):
    """What a race left."""

    best: int  # the cell that it chose
    share: float  # of the grid's draws that it took
    finalists: int


def raced(right: Floats, keys: list[Key], racing: RacingConfig, pinned: list[str]) -> Kept:
    """Race the cells of one model; `right` is problems x cells x draws, in nested order."""
    problems, cells, draws = right.shape
    last = [0.0] * cells  # draws made of each cell
    left = list(range(cells))
    for number, rung in enumerate(racing.rungs):
        first = int(np.ceil(rung.problems * problems))
        for cell in left:
            last[cell] = first * rung.draws
        rules = RaceSettings(
            rung=number,
            draws=rung.draws,
            keep=racing.keep,
            reach=racing.reach,
            pinned=[{"decoding": slug} for slug in pinned],
        )
        rates = right[:first][:, left, : rung.draws].mean(axis=2)
        places = decide([keys[cell] for cell in left], rates, np.arange(first), rules)
        left = sorted(left[place.at] for place in places if place.why)
    for cell in left:
        last[cell] = problems * draws
    best = left[int(right[:, left].mean(axis=(0, 2)).argmax())]
    return Kept(best, sum(last) / right.size, len(left))


def simulate(
    world: World, racing: RacingConfig, pinned: list[str], seed: int
) -> dict[str, float | list[float]]:
    """One study: for base what was chosen in each way, and the interval on the test split."""
    rng = np.random.default_rng([seed, 11])
    models, validation, test = world.study(rng)
    keys = [Key(None, None, slug) for slug in world.decodings]
    every = list(range(len(keys)))
    rights = [model.draw(validation, world.validation.draws, every) for model in models]
    kept = [raced(right, keys, racing, pinned) for right in rights]
    base, truth = rights[0], models[0].truth
    equal = base[: max(1, round(kept[0].share * len(base)))]
    ways = {
        "race": kept[0].best,
        "full": int(base.mean(axis=(0, 2)).argmax()),
        "equal": int(equal.mean(axis=(0, 2)).argmax()),
    }
    lost = {way: float(truth.max() - truth[cell]) for way, cell in ways.items()}
    return lost | {
        "share": kept[0].share,
        "finalists": kept[0].finalists,
        "covers": _covers(models, [one.best for one in kept], test, world.test.draws, seed),
    }


def _covers(models: list[Simulated], cells: list[int], test: Ints, draws: int, seed: int) -> float:
    """Whether the interval of the difference of two raced models holds the true one."""
    sides = [m.draw(test, draws, [c]).mean(axis=2) for m, c in zip(models, cells, strict=True)]
    true = models[0].truth[cells[0]] - models[1].truth[cells[1]]
    found = difference(*sides, np.arange(len(test)), seed=seed, resamples=RESAMPLES)
    return float(found.lo <= true <= found.hi)


def summary(rows: list[dict[str, Any]], world: World) -> dict[str, Any]:
    """What the studies say: shares of studies, and of accuracy."""
    ways = ("race", "full", "equal")
    return {
        "world": world.name,
        "studies": len(rows),
        "cells": len(world.decodings),
        "validation": list(world.validation),
        "share": round(float(np.mean([row["share"] for row in rows])), 4),
        "finalists": round(float(np.mean([row["finalists"] for row in rows])), 3),
        "near": {way: round(float(np.mean([row[way] <= NEAR for row in rows])), 4) for way in ways},
        "lost": {way: round(float(np.mean([row[way] for row in rows])), 6) for way in ways},
        "covers": round(float(np.mean([row["covers"] for row in rows])), 4),
    }


def study_of(config: Path) -> Study:
    """Read a config of the repository."""
    return load(read_config(str(config)), config.name)


def main() -> None:
    """Simulate, keep the numbers, write the page's table from them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ROOT / "results" / "micro-decoding")
    parser.add_argument("--config", type=Path, default=ROOT / "config" / "qwen3.5-4b.yaml")
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    asked = parser.parse_args()
    numbers_file = asked.docs / "racing.json"
    earlier = json.loads(numbers_file.read_text()) if numbers_file.exists() else {"worlds": {}}
    study = study_of(asked.config)
    racing = study.evaluation.racing or RacingConfig()
    worlds: dict[str, tuple[World, list[str]]] = {
        "believed": (Believed(study, f"the variances that {asked.config.name} assumes"), [])
    }
    worlds["pinned"] = (
        Believed(study, "the same, with the cells that its contrasts name"),
        sorted(pins.decodings(study, Model.parse(BASE))),
    )
    if (asked.study / "chosen.json").exists():
        worlds["micro"] = (Micro(asked.study, "the draws that `micro-decoding` recorded"), [])
    found = dict(earlier["worlds"])
    for name, (world, pinned) in worlds.items():
        rows = [simulate(world, racing, pinned, seed) for seed in range(asked.studies)]
        found[name] = summary(rows, world)
        print(name, found[name], flush=True)
    numbers = {"racing": racing.model_dump(), "worlds": found}
    numbers_file.write_text(json.dumps(numbers, indent=1) + "\n")
    page = asked.docs / "racing.md"
    page.write_text(replaced(page.read_text(), numbers))


if __name__ == "__main__":
    main()
